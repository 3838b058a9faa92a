"""How a report becomes a document: one composition, one question of what may go in.

Everything that stands in an edition is taken here, once, from the live tables: entries that the composer
may see and whose team has cleared them, numbers with their denominators (rule R6), and no name of a person.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import clock
from core.templatetags.marks import short_day
from core.text import Ast, to_ast
from measures.models import DataPoint
from measures.network import Network, network_of
from measures.reading import shown
from progress.models import DueDate, PlanItem
from reports.document import (
    Chart,
    DriverMark,
    Entry,
    Meta,
    Origin,
    ReportDoc,
    Section,
    Table,
    Text,
    Word,
    labels_in,
)
from reports.figures import to_plain
from reports.models import Block, BlockKind, Report
from reports.web import stories_of
from series.models import Series
from storymaps.models import Clearance, ClearanceState, StoryEntry, Visibility
from teams.models import GONE, Team, TeamStatusChange


def cleared(entries: "QuerySet[StoryEntry]") -> "QuerySet[StoryEntry]":
    """Those of `entries` that may be published today: public, and by an approval in force."""
    approved = Clearance.objects.filter(entry=OuterRef("pk"), state=ClearanceState.APPROVED)
    return entries.filter(Exists(approved), visibility=Visibility.PUBLIC)


def may_go_in(report: Report, user: Any) -> "QuerySet[StoryEntry]":
    """Entries that `user` may put into `report`: of its series, theirs to read, and cleared."""
    return cleared(StoryEntry.objects.visible_to(user)).filter(team__series=report.series_id)


def compose(
    report: Report, *, by: Any, at: datetime, number: int | None = None, locks: bool = False
) -> tuple[ReportDoc, list[int]]:
    """The document of `report` as of `at`, and the ids of the entries in it or quoted by it.

    What `by` may not see or the team has not cleared is left out. With `locks` its entries are held until
    the transaction ends, so that a withdrawal comes either before this document or finds its edition.
    """
    series = report.series
    blocks = list(report.blocks.all())
    if locks:
        _hold(report)
    entries = _entries(report, by, [block.entry_id for block in blocks if block.entry_id])
    with translation.override(report.language):
        on = clock.day_in(series.time_zone, at)
        question = series.questions.first()
        meta = Meta(
            title=report.title,
            series=series.name,
            question=question.text if question else "",
            language=report.language,
            on=on.isoformat(),
            date=short_day(on),
            edition=_("Edition %(number)s") % {"number": number} if number else "",
            is_sample=holds_sample(report, blocks, entries.values()),
            credit=series.host,
        )
        sections = [*_chapters(report, blocks, entries), _numbers(series, entries, on)]
    doc = ReportDoc(meta=meta, labels=labels_in(report.language), sections=tuple(sections))
    return doc, sorted(ids_in(doc))


def ids_in(doc: ReportDoc) -> set[int]:
    """The ids of all entries that stand in `doc` or are quoted there."""
    stories = stories_of(doc)
    quoted = {line.entry_id for story in stories for line in story.grew_out_of if line.entry_id}
    return {story.id for story in stories} | quoted


def holds_sample(report: Report, blocks: Iterable[Block], entries: Iterable[StoryEntry]) -> bool:
    """Whether anything in it is sample data; then it says so on every page (rule R7)."""
    return (
        report.is_sample
        or report.series.is_sample
        or any(block.is_sample for block in blocks)
        or any(entry.is_sample or entry.team.is_sample for entry in entries)
    )


def _hold(report: Report) -> None:
    """Lock the entries of `report` and those that they grew out of: either may be quoted."""
    chosen = StoryEntry.objects.filter(blocks__report=report).values("pk")
    before = StoryEntry.objects.filter(became_entries__in=chosen).values("pk")
    rows = StoryEntry.objects.filter(Q(pk__in=chosen) | Q(pk__in=before)).order_by("pk")
    list(rows.select_for_update().values_list("pk", flat=True))


def _entries(report: Report, by: Any, ids: Sequence[int]) -> dict[int, StoryEntry]:
    rows = (
        may_go_in(report, by)
        .filter(pk__in=ids)
        .select_related("team")
        .prefetch_related(
            "drivers",
            Prefetch("grew_out_of_items", PlanItem.objects.select_related("plan__period")),
            Prefetch(
                "grew_out_of_entries", may_go_in(report, by).select_related("team"), to_attr="told_before"
            ),
            Prefetch("grew_out_of_entries", StoryEntry.objects.only("pk"), to_attr="all_before"),
        )
    )
    return {entry.pk: entry for entry in rows}


def _chapters(report: Report, blocks: Sequence[Block], entries: dict[int, StoryEntry]) -> Iterable[Section]:
    """A chapter for each heading; what stands before the first has a title of its own."""
    if report.introduction.strip():
        words = Text(ast=to_ast(report.introduction), language=report.language)
        yield Section(id="introduction", title=_("Introduction"), blocks=(words,))
    parts: list[tuple[str, list[Any]]] = [(_("What the teams found"), [])]
    for block in blocks:
        if block.kind == BlockKind.HEADING:
            parts.append((block.text, []))
        elif block.kind == BlockKind.TEXT:
            parts[-1][1].append(Text(ast=to_ast(block.text), language=report.language))
        elif block.entry_id in entries:
            parts[-1][1].append(story(entries[block.entry_id]))
    for number, (title, held) in enumerate(parts):
        if held or number:
            yield Section(id=f"part-{number}", title=title, blocks=tuple(held))


def story(entry: StoryEntry) -> Entry:
    """`entry` as it is published: its words, its team and place, and no person."""
    day = short_day(entry.began_on)
    return Entry(
        id=entry.pk,
        title=entry.headline,
        ast=_words(entry),
        team=entry.team.name,
        place=entry.team.place,
        drivers=marks(entry),
        strand=Word(key=entry.strand, name=entry.get_strand_display()) if entry.strand else None,
        result=Word(key=entry.result, name=entry.get_result_display()) if entry.result else None,
        when=f"{day} – {short_day(entry.ended_on)}" if entry.ended_on else day,
        language=entry.language,
        grew_out_of=tuple(_origins(entry)),
    )


def marks(entry: StoryEntry) -> tuple[DriverMark, ...]:
    return tuple(DriverMark(name=driver.name, slot=driver.slot) for driver in entry.drivers.all())


def _words(entry: StoryEntry) -> Ast:
    ast = to_ast(entry.text)
    if entry.why_it_matters.strip():
        with translation.override(entry.language):
            label = _("Why does it matter?")
        ast = [*ast, ["p", [["strong", [label], None]], None], *to_ast(entry.why_it_matters)]
    return ast


def _origins(entry: Any) -> Iterable[Origin]:
    """What a story grew out of, as far as it may be told.

    A plan is the team's and its coach's (rule R7), and nobody cleared its words: the line says of which
    period it was. An earlier story is quoted if it is cleared itself; of the others only the number stands.
    """
    for number in sorted({item.plan.period.number for item in entry.grew_out_of_items.all()}):
        yield Origin(text=_("what the team planned for Action Period %(number)s") % {"number": number})
    for earlier in entry.told_before:
        yield Origin(
            text=f"{earlier.headline} ({earlier.team.name})", language=earlier.language, entry_id=earlier.pk
        )
    if hidden := len(entry.all_before) - len(entry.told_before):
        yield Origin(
            text=ngettext(
                "%(count)s earlier story that is not published",
                "%(count)s earlier stories that are not published",
                hidden,
            )
            % {"count": hidden}
        )


# --- numbers, with their denominators (rule R6) -----------------------------------------------------


def _numbers(series: Series, entries: dict[int, StoryEntry], on: date) -> Section:
    teams = list(
        series.teams.prefetch_related(
            Prefetch("status_changes", TeamStatusChange.objects.order_by("on", "pk"))
        )
    )
    told = Counter(entry.team_id for entry in entries.values())
    blocks: list[Any] = [_teams(teams, told), _drivers(series, entries.values())]
    if check_ins := check_ins_table(series, teams, on):
        blocks.append(check_ins)
    blocks += measure_blocks(series, teams, on)
    blocks.append(Text(ast=to_ast("\n\n".join(_unknown(teams, told, entries)))))
    return Section(id="numbers", title=_("How we know, and what we do not know"), blocks=tuple(blocks))


def left(team: Team) -> TeamStatusChange | None:
    """The change by which `team` left, if it has left and the day is known."""
    if team.status not in GONE:
        return None
    return next((change for change in reversed(team.status_changes.all()) if change.status in GONE), None)


def _teams(teams: Sequence[Team], told: Counter[int]) -> Table:
    rows = []
    for team in teams:
        change = left(team)
        says = team.get_status_display()
        if change:
            says = _("left on %(day)s") % {"day": short_day(change.on)}
            says = f"{says}: {change.reason}" if change.reason else says
        rows.append((team.name, team.place, str(told[team.pk]), str(says)))
    caption = _("%(n)s of %(all)s teams have stories here; teams that left are included") % {
        "n": len(told),
        "all": len(teams),
    }
    return Table(
        header=(_("Team"), _("Place"), _("Stories here"), _("Where it stands")),
        rows=tuple(rows),
        caption=caption,
    )


def _drivers(series: Series, entries: Iterable[StoryEntry]) -> Table:
    counts: Counter[int] = Counter()
    total = unplaced = 0
    for entry in entries:
        drivers = entry.drivers.all()
        total, unplaced = total + 1, unplaced + (not drivers)
        counts.update(driver.pk for driver in drivers)
    rows = [(driver.name, str(counts[driver.pk])) for driver in series.drivers.all()]
    if unplaced:
        rows.append((_("No driver named"), str(unplaced)))
    rows.append((_("Stories in all"), str(total)))
    caption = _("Stories by driver: one with several drivers counts once under each, and once in all")
    return Table(header=(_("Driver"), _("Stories here")), rows=tuple(rows), caption=caption)


def check_ins_table(series: Series, teams: Sequence[Team], on: date) -> Table | None:
    """Filed, late, excused, missing, of those due until `on`, by period; of no team by name.

    Dates due after a team left are in no denominator.
    """
    gone = {team.pk: change.on for team in teams if (change := left(team))}
    dues = DueDate.objects.filter(team__series=series, due_on__lt=on)
    dues = dues.select_related("check_in", "caught_up_by", "period")
    sums: dict[int, Counter[str]] = {}
    for due in dues:
        if due.team_id in gone and due.due_on > gone[due.team_id]:
            continue
        count = sums.setdefault(due.period.number, Counter())
        # A later check-in may speak for a missed date, too (rule R3): answered, and late.
        check_in = getattr(due, "check_in", None) or due.caught_up_by
        count["due"] += 1
        count["filed" if check_in else "excused" if due.is_excused else "missing"] += 1
        count["late"] += bool(check_in and check_in.filed_on > due.due_on)
    if not sums:
        return None
    kinds = ("due", "filed", "late", "excused", "missing")
    rows = [
        (_("Action Period %(number)s") % {"number": number}, *(str(sums[number][kind]) for kind in kinds))
        for number in sorted(sums)
    ]
    whole = sum(sums.values(), Counter())
    rows.append((_("In all"), *(str(whole[kind]) for kind in kinds)))
    caption = _("Check-ins of all teams: late ones are filed, excused ones stand beside")
    header = (_("When"), _("Due"), _("Filed"), _("Of these late"), _("Excused"), _("Missing"))
    return Table(header=header, rows=tuple(rows), caption=caption)


def measure_blocks(series: Series, teams: Sequence[Team], on: date) -> list[Chart | Table]:
    """Each series-wide measure over all teams: its chart with the verdict, and its numbers as a table.

    No team stands here by name, and no lowest or highest. Two queries.
    """
    measures = list(series.measures.filter(team=None))
    points: dict[int, list[DataPoint]] = {}
    for point in DataPoint.objects.filter(measure__in=measures, period_on__lte=on):
        points.setdefault(point.measure_id, []).append(point)
    stays = {team.pk: (team.joined_on, change.on if (change := left(team)) else None) for team in teams}
    found: list[Chart | Table] = []
    for measure in measures:
        network = network_of(measure, points.get(measure.pk, ()), stays)
        if network is not None:
            title = _("%(measure)s: the middle of the teams’ numbers") % {"measure": measure.name}
            figure = to_plain(replace(network.figure, title=title))
            found += [Chart(title=title, says=network.verdict, figure=figure), _periods_table(network)]
    return found


def _periods_table(network: Network) -> Table:
    def said(value: float | None) -> str:
        return "" if value is None else shown(network.measure, value)

    rows = [
        (
            period.name,
            said(period.middle) or _("too few numbers"),
            _("%(n)s of %(all)s") % {"n": period.teams, "all": period.of},
        )
        for period in network.periods
    ]
    caption = _("%(measure)s, by period: half of the teams lie above the middle, half below") % {
        "measure": network.measure.name
    }
    header = (_("When"), _("Middle"), _("Teams with a number"))
    return Table(header=header, rows=tuple(rows), caption=caption)


def _unknown(teams: Sequence[Team], told: Counter[int], entries: dict[int, StoryEntry]) -> Iterable[str]:
    silent = [team.name for team in teams if not told[team.pk]]
    if silent:
        yield _("No story of these teams stands here: %(teams)s.") % {"teams": ", ".join(silent)}
    results = Counter(entry.result for entry in entries.values())
    if results["not"] or results["mixed"]:
        yield _("Of %(all)s stories, %(failed)s say that it did not work and %(mixed)s are mixed.") % {
            "all": len(entries),
            "failed": results["not"],
            "mixed": results["mixed"],
        }
    if blank := results[""]:
        yield _("%(n)s of %(all)s stories do not say how it went.") % {"n": blank, "all": len(entries)}
    yield _(
        "Only stories that a team has cleared stand here. No team was compared with a place that did "
        "nothing: read these as findings from practice, told by the people in them."
    )
