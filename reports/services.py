"""What can be done with a report: build it, check it, freeze it, publish it, take a story out."""

import itertools
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Max, Prefetch, Q
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from accounts.events import record
from accounts.permissions import Permission, has_permission, require
from jobs.models import Job, State
from jobs.registry import Lane
from jobs.services import owe, retry
from progress.models import PlanItem
from reports.compose import compose, holds_sample
from reports.document import checksum, from_json, to_json, without
from reports.front import checksum_of, make_front, story_ids
from reports.models import Block, BlockKind, Edition, EditionKind, EditionState, Report
from series.models import Series
from storymaps.chain import Link, link_to_entry, link_to_item
from storymaps.models import Clearance, ClearanceState, Finding, StoryEntry

if TYPE_CHECKING:
    from accounts.models import User

MOST_BLOCKS = 500


# --- building --------------------------------------------------------------------------------------


def make_report(draft: Report, *, by: "User", at: datetime) -> Report:
    """Begin a report; its address is made of its title. A double tap is one report."""
    require(by, Permission.BUILD_REPORT, draft.series)
    draft.created_by, draft.created_at = by, at
    draft.is_sample = draft.series.is_sample
    draft.slug = _free_slug(draft)
    draft.full_clean(exclude=["submission_id"])
    try:
        with transaction.atomic():
            if earlier := _made_before(draft, by):
                return earlier
            draft.save()
            record(by=by, act="reports.report_made", target=draft, at=at)
    except IntegrityError as error:
        if earlier := _made_before(draft, by):
            return earlier
        raise ValidationError(_("Somebody made a report of this title just now. Try once more.")) from error
    return draft


def _made_before(draft: Report, by: "User") -> Report | None:
    return Report.objects.filter(created_by=by, submission_id=draft.submission_id).first()


def _free_slug(draft: Report) -> str:
    wanted = slugify(draft.title)[:50] or "report"
    taken = set(
        Report.objects.filter(series=draft.series, slug__startswith=wanted).values_list("slug", flat=True)
    )
    return next(slug for n in range(1, 1000) if (slug := wanted if n == 1 else f"{wanted}-{n}") not in taken)


@transaction.atomic
def word_report(report: Report, *, by: "User", at: datetime) -> Report:
    """Save title, language and introduction."""
    require(by, Permission.BUILD_REPORT, report)
    report.full_clean(exclude=["submission_id"])
    report.save(update_fields=["title", "language", "introduction"])
    record(by=by, act="reports.report_worded", target=report, at=at)
    return report


def add_words(draft: Block, *, by: "User", at: datetime) -> Block:
    """Put a heading or a text at the end of the report."""
    require(by, Permission.BUILD_REPORT, draft.report)
    _check_words(draft)
    return _append(draft, by, at)


def add_entry(draft: Block, *, by: "User", at: datetime) -> Block:
    """Put a story at the end of the report, if its team has cleared it.

    Raises ValidationError with the reason where it may not go in, whoever asks and however.
    """
    require(by, Permission.BUILD_REPORT, draft.report)
    entries = StoryEntry.objects.visible_to(by).filter(team__series=draft.report.series_id)
    found = with_clearances(entries).filter(pk=draft.entry_id).first()
    if found is None:
        raise ValidationError(_("This story is not in this series."))
    standing = standing_of(found)
    if not standing.can_go_in:
        raise ValidationError(standing.reason)
    draft.kind, draft.text = BlockKind.ENTRY, ""
    return _append(draft, by, at)


@transaction.atomic
def add_finding(draft: Block, *, by: "User", at: datetime) -> Block:
    """Put a finding at the end as a heading, and under it those of its stories that are cleared.

    A story that is in the report already stays where it is. Raises ValidationError for a finding of
    another series. Put in twice is once.
    """
    report = draft.report
    require(by, Permission.BUILD_REPORT, report)
    known = Finding.objects.visible_to(by).standing().filter(team__series=report.series_id)
    finding = known.filter(pk=draft.finding_id or 0).first()
    if finding is None:
        raise ValidationError(_("This finding is not in this series."))
    if earlier := report.blocks.filter(finding=finding).first():
        return earlier
    draft.kind, draft.text = BlockKind.HEADING, finding.statement
    made = _append(draft, by, at)
    told = StoryEntry.objects.visible_to(by).filter(team__series=report.series_id)
    told = told.filter(Q(findings=finding) | Q(outcomes__findings=finding)).exclude(blocks__report=report)
    for entry in with_clearances(told.distinct()).order_by("began_on", "pk"):
        if standing_of(entry).can_go_in:
            block = Block(report=report, entry=entry, kind=BlockKind.ENTRY, submission_id=uuid.uuid4())
            _append(block, by, at)
    return made


def _append(draft: Block, by: "User", at: datetime) -> Block:
    draft.is_sample = draft.report.is_sample
    with transaction.atomic():
        report = Report.objects.select_for_update().get(pk=draft.report_id)
        earlier = Block.objects.filter(submission_id=draft.submission_id, report=report).first()
        if earlier is None and draft.kind == BlockKind.ENTRY:
            earlier = report.blocks.filter(entry=draft.entry_id).first()
        if earlier is None and draft.finding_id:
            earlier = report.blocks.filter(finding=draft.finding_id).first()
        if earlier:
            return earlier
        last = report.blocks.aggregate(last=Max("position"))["last"]
        draft.position = 0 if last is None else last + 1
        if report.blocks.count() >= MOST_BLOCKS:
            raise ValidationError(_("A report holds at most %(n)s pieces.") % {"n": MOST_BLOCKS})
        draft.full_clean(exclude=["submission_id"])
        draft.save()
        record(by=by, act="reports.block_added", target=draft.report, at=at, block=draft.pk, kind=draft.kind)
    return draft


def _check_words(block: Block) -> None:
    if block.kind not in (BlockKind.HEADING, BlockKind.TEXT):
        raise ValidationError({"kind": _("Choose a heading or a text.")})
    if not block.text.strip():
        raise ValidationError({"text": _("Write something, or leave it out.")})
    if block.kind == BlockKind.HEADING and len(block.text) > 200:
        raise ValidationError({"text": _("A heading has at most 200 letters.")})


@transaction.atomic
def word_block(block: Block, *, by: "User", at: datetime) -> Block:
    """Save the words of a heading or a text. A story's words are its team's: they are not edited here."""
    require(by, Permission.BUILD_REPORT, block)
    _check_words(block)
    block.full_clean(exclude=["submission_id"])
    block.save(update_fields=["text"])
    record(by=by, act="reports.block_worded", target=block.report, at=at, block=block.pk)
    return block


@transaction.atomic
def move_block(block: Block, *, up: bool, by: "User", at: datetime) -> bool:
    """Let a block change places with the one before or after it; False where there is none."""
    require(by, Permission.BUILD_REPORT, block)
    report = Report.objects.select_for_update().get(pk=block.report_id)
    order = list(report.blocks.all())
    here = next((i for i, each in enumerate(order) if each.pk == block.pk), None)
    there = None if here is None else here + (-1 if up else 1)
    if here is None or there is None or not 0 <= there < len(order):
        return False
    order[here], order[there] = order[there], order[here]
    for position, each in enumerate(order):
        each.position = position
    Block.objects.bulk_update(order, ["position"])
    record(by=by, act="reports.block_moved", target=report, at=at, block=block.pk)
    return True


@transaction.atomic
def remove_block(block: Block, *, by: "User", at: datetime) -> None:
    """Take a block out of the report. Editions keep what they hold."""
    require(by, Permission.BUILD_REPORT, block)
    record(by=by, act="reports.block_removed", target=block.report, at=at, block=block.pk)
    block.delete()


# --- what may go in ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Standing:
    """Whether an entry may be published, and if not, why. `can_ask` where asking the team would help."""

    state: str  # a ClearanceState, or "none"
    reason: Any = ""
    can_go_in: bool = False
    can_ask: bool = False


def with_clearances(entries: Any) -> Any:
    """`entries` with what `standing_of` reads, in a constant number of queries."""
    latest = Clearance.objects.order_by("-asked_at", "-pk")
    return entries.select_related("team__series").prefetch_related(
        "drivers", "evidence", Prefetch("clearances", latest, to_attr="requests")
    )


def standing_of(entry: Any) -> Standing:
    """How the clearance of `entry` stands; `entry` comes from `with_clearances`."""
    last = entry.requests[0] if entry.requests else None
    approved = any(request.state == ClearanceState.APPROVED for request in entry.requests)
    if approved and entry.visibility == "public":
        return Standing(ClearanceState.APPROVED, _("The team agreed."), can_go_in=True)
    if last and last.state == ClearanceState.ASKED:
        return Standing(ClearanceState.ASKED, _("The team was asked and has not answered yet."))
    if any(one.file_id for one in entry.evidence.all()):
        return Standing("none", _("It has a photo or file: not before consent is kept on record."))
    if entry.names_people:
        return Standing("none", _("It names or shows a person: not before consent is kept on record."))
    if entry.author_is_under_18:
        return Standing("none", _("Somebody under 18 wrote it: not before consent is kept on record."))
    if last and last.state == ClearanceState.DECLINED:
        return Standing(ClearanceState.DECLINED, _("The team said no."), can_ask=True)
    if last and last.state == ClearanceState.WITHDRAWN:
        return Standing(ClearanceState.WITHDRAWN, _("The team took its consent back."), can_ask=True)
    return Standing("none", _("Not cleared: ask the team."), can_ask=True)


@dataclass(frozen=True)
class Check:
    """A line of the list before freezing; what `blocks` stands in the way."""

    text: Any
    blocks: bool = True
    anchor: str = ""


def check_list(report: Report, blocks: Iterable[Any]) -> list[Check]:
    """What is to be known before `report` is frozen; `blocks` come from `blocks_of`."""
    blocks = list(blocks)
    found = []
    stories = [block for block in blocks if block.kind == BlockKind.ENTRY]
    if not stories:
        found.append(Check(_("There is no story in it yet.")))
    for block in blocks:
        if block.kind != BlockKind.ENTRY and not block.text.strip():
            found.append(Check(_("A heading or text is empty."), anchor=f"block-{block.pk}"))
    for block in stories:
        if not standing_of(block.entry).can_go_in:
            text = _("“%(title)s” is not cleared.") % {"title": block.entry.headline}
            found.append(Check(text, anchor=f"block-{block.pk}"))
    for before, after in itertools.pairwise([*blocks, None]):
        is_last = after is None or after.kind == BlockKind.HEADING
        if before.kind == BlockKind.HEADING and is_last:
            text = _("Nothing stands under “%(title)s”.") % {"title": before.text}
            found.append(Check(text, blocks=False, anchor=f"block-{before.pk}"))
    if holds_sample(report, blocks, [block.entry for block in stories]):
        found.append(Check(_("It holds sample data: every page will say SAMPLE."), blocks=False))
    return found


def blocks_of(report: Report) -> list[Any]:
    """The blocks of `report` in order, each story with what `check_list` reads."""
    rows = report.blocks.select_related("finding__team__series")
    return list(rows.prefetch_related(Prefetch("entry", with_clearances(StoryEntry.objects.all()))))


def findings_for(report: Report, user: Any) -> list[Finding]:
    """The findings of the series that are not in `report` yet, the newest first."""
    found = Finding.objects.visible_to(user).standing().filter(team__series=report.series_id)
    return list(found.exclude(blocks__report=report).select_related("team__series"))


def sources_of(blocks: Iterable[Any], user: Any) -> dict[int, list[Link]]:
    """What the story of each block grew out of, by the block's id, as `user` may see it. Constant queries."""
    chosen = {block.entry_id: block.pk for block in blocks if block.entry_id}
    found: dict[int, list[Link]] = {pk: [] for pk in chosen.values()}
    items = StoryEntry.grew_out_of_items.through.objects.filter(
        storyentry__in=chosen, planitem__in=PlanItem.objects.visible_to(user).values("pk")
    )
    for row in items.select_related("planitem__plan__team__series", "planitem__plan__period").order_by("pk"):
        found[chosen[row.storyentry_id]].append(link_to_item(row.planitem))
    entries = StoryEntry.grew_out_of_entries.through.objects.filter(
        from_storyentry__in=chosen, to_storyentry__in=StoryEntry.objects.visible_to(user).values("pk")
    )
    for step in entries.select_related("to_storyentry__team__series").order_by("pk"):
        found[chosen[step.from_storyentry_id]].append(link_to_entry(step.to_storyentry))
    return found


# --- freezing ---------------------------------------------------------------------------------------


def freeze(report: Report, *, submission_id: uuid.UUID, by: "User", at: datetime) -> Edition:
    """Make the next edition of `report` and owe its PDF. A double tap is one edition.

    Raises ValidationError with every reason of the check list that stands in the way.
    """
    require(by, Permission.BUILD_REPORT, report)
    with transaction.atomic():
        series = Series.objects.select_for_update().get(pk=report.series_id)  # numbers come one by one
        if earlier := Edition.objects.filter(submission_id=submission_id, report=report).first():
            return earlier
        if reasons := [check.text for check in check_list(report, blocks_of(report)) if check.blocks]:
            raise ValidationError(reasons)
        number = _next_number(series, EditionKind.REPORT)
        doc, ids = compose(report, by=by, at=at, number=number, locks=True)
        edition = Edition.objects.create(
            series=series,
            report=report,
            kind=EditionKind.REPORT,
            number=number,
            document=to_json(doc),
            entry_ids=ids,
            finding_ids=list(report.blocks.exclude(finding=None).values_list("finding_id", flat=True)),
            checksum=checksum(doc),
            frozen_by=by,
            frozen_at=at,
            submission_id=submission_id,
            is_sample=doc.meta.is_sample,
        )
        owe_pdf(edition, by=by)
        record(by=by, act="reports.edition_frozen", target=edition, at=at, number=number)
    return edition


def _next_number(series: Series, kind: EditionKind) -> int:
    last = Edition.objects.filter(series=series, kind=kind).aggregate(last=Max("number"))["last"]
    return (last or 0) + 1


def owe_pdf(edition: Edition, *, by: "User | None", again: str = "") -> Job:
    """Owe the PDF of `edition` without what was withdrawn by now; `by` None is the platform's own act."""
    key = f"{pdf_key(edition)}{len(edition.withdrawn_ids)}{again}"
    return owe(
        "reports.make_pdf",
        key=key,
        payload={"edition_id": edition.pk, "by_id": by.pk if by else None},
        lane=Lane.SLOW,
        scope=f"series:{edition.series_id}",
    )


def pdf_key(edition: Edition) -> str:
    return f"reports:pdf:{edition.pk}:"


def job_of(edition: Edition) -> Job | None:
    """The job that makes, or made, the newest PDF of `edition`."""
    return Job.objects.filter(key__startswith=pdf_key(edition)).order_by("-pk").first()


@transaction.atomic
def make_again(edition: Edition, *, by: "User", at: datetime) -> bool:
    """Try a PDF again that failed, or was not made because who asked for it had lost the right."""
    require(by, Permission.BUILD_REPORT, edition)
    edition = Edition.objects.select_for_update().get(pk=edition.pk)
    job = job_of(edition)
    if job is None or job.state in (State.PENDING, State.LEASED) or edition.state == EditionState.READY:
        return False
    if job.state != State.FAILED or not retry(job, by=by, at=at):
        owe_pdf(edition, by=by, again=f":{job.pk}")
    Edition.objects.filter(pk=edition.pk).update(state=EditionState.MAKING)
    record(by=by, act="reports.edition_made_again", target=edition, at=at)
    return True


def may_still_build(user: "User | None", edition: Edition) -> bool:
    """Asked again when the work begins: rights may have ended since."""
    return user is not None and has_permission(user, Permission.BUILD_REPORT, edition)


def give_up(edition_id: int) -> None:
    """Say that a PDF is not made."""
    Edition.objects.filter(pk=edition_id, state=EditionState.MAKING).update(state=EditionState.FAILED)


def keep_pdf(edition_id: int, name: str, *, left_out: set[int], at: datetime) -> None:
    """Let the file `name` be the PDF of the edition, if it leaves out exactly what is withdrawn now.

    Where a story was withdrawn while the file was made, it is dropped: the withdrawal owed a newer one.
    """
    edition = Edition.objects.select_for_update().get(pk=edition_id)
    if set(edition.withdrawn_ids) != left_out:
        return
    if left_out:
        edition.pdf_withdrawn = name
    else:
        edition.pdf = name
    edition.state = EditionState.READY
    edition.save(update_fields=["pdf", "pdf_withdrawn", "state"])
    record(by=None, act="reports.edition_ready", target=edition, at=at)


# --- publishing -------------------------------------------------------------------------------------


@transaction.atomic
def publish(edition: Edition, *, by: "User", at: datetime) -> bool:
    """Give an edition to the public and owe the front page; False if it is out already.

    Raises ValidationError while its PDF is not ready.
    """
    require(by, Permission.PUBLISH, edition)
    rows = Edition.objects.filter(pk=edition.pk, kind=EditionKind.REPORT)
    if rows.filter(published_at=None, state=EditionState.READY).update(published_at=at):
        owe_front_page(edition.series_id, key=f"published:{edition.pk}", by=by)
        record(by=by, act="reports.edition_published", target=edition, at=at, number=edition.number)
        return True
    if rows.filter(published_at=None).exists():
        raise ValidationError(_("Its PDF is not ready yet."))
    return False


def owe_front_page(series_id: int, *, key: str, by: "User | None") -> Job:
    return owe(
        "reports.make_front_page",
        key=f"reports:front:{series_id}:{key}",
        payload={"series_id": series_id, "by_id": by.pk if by else None},
        lane=Lane.NOW,
        scope=f"series:{series_id}",
    )


@transaction.atomic
def make_front_page(series: Series, *, submission_id: uuid.UUID, by: "User", at: datetime) -> Edition | None:
    """Freeze the public face of `series` over its published editions; None where nothing is published.

    Editions are locked meanwhile, so that a withdrawal comes before or after, never between.
    """
    Series.objects.select_for_update().get(pk=series.pk)
    published = list(
        Edition.objects.filter(series=series, kind=EditionKind.REPORT)
        .exclude(published_at=None)
        .select_for_update()
        .order_by("-number")
    )
    earlier = Edition.objects.filter(submission_id=submission_id).first()
    if earlier or not published:
        return earlier
    docs = [(each.number, without(from_json(each.document), each.withdrawn_ids)) for each in published]
    data = make_front(series, docs)
    edition = Edition.objects.create(
        series=series,
        kind=EditionKind.FRONT_PAGE,
        number=_next_number(series, EditionKind.FRONT_PAGE),
        state=EditionState.READY,
        document=data,
        entry_ids=story_ids(data),
        checksum=checksum_of(data),
        frozen_by=by,
        frozen_at=at,
        published_at=at,
        submission_id=submission_id,
        is_sample=data["is_sample"],
    )
    record(by=None, act="reports.front_page_made", target=edition, at=at)
    return edition


# --- taking back ------------------------------------------------------------------------------------


def leave_out(entry: StoryEntry, *, at: datetime) -> None:
    """Take `entry` out of every edition, in the transaction that takes its clearance back (rule R7).

    The web forms leave it out at once. A PDF is owed without it, and until that is made none is given;
    so is the front page.
    """
    series_id = entry.team.series_id
    changed = []
    rows = Edition.objects.filter(series=series_id).select_for_update().order_by("pk")
    for edition in rows.defer("document"):
        if entry.pk not in edition.entry_ids or entry.pk in edition.withdrawn_ids:
            continue
        edition.withdrawn_ids = [*edition.withdrawn_ids, entry.pk]
        edition.pdf_withdrawn = ""
        fields = ["withdrawn_ids", "pdf_withdrawn"]
        if edition.kind == EditionKind.REPORT:
            edition.state = EditionState.MAKING
            fields.append("state")
            owe_pdf(edition, by=None)
        edition.save(update_fields=fields)
        record(by=None, act="reports.entry_left_out", target=edition, at=at, entry=entry.pk)
        changed.append(edition)
    if any(edition.published_at for edition in changed):
        owe_front_page(series_id, key=f"without:{entry.pk}:{changed[-1].pk}", by=None)


def not_recallable(report: Report) -> list[Edition]:
    """Published editions of `report` from which stories were taken back after they went out."""
    published = report.editions.exclude(published_at=None).defer("document")
    return [edition for edition in published if edition.withdrawn_ids]
