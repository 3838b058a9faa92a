"""Who asks about stories, and what they get: the forms, the entry page with its margin."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.files import FileRefused, receive
from accounts.people import person
from accounts.permissions import Permission, has_permission, policy, require, rights_on
from core import clock
from core.forms import submission_id
from core.text import render_markdown
from progress.models import PlanItem
from series.frame import frame
from series.models import Driver
from storymaps import services
from storymaps.acts import panels_of
from storymaps.chain import chain_of
from storymaps.comments import mark_read, read_by
from storymaps.findings import state_url
from storymaps.forms import AUDIENCE_WORDS, DecisionForm, StoryEntryForm, log_context
from storymaps.margin import margin_of
from storymaps.models import Clearance, ClearanceState, StoryEntry, Visibility
from storymaps.sources import source_words
from storymaps.targets import of_item, of_story
from storymaps.versions import word_diff
from teams.models import Team


def find_team(request: HttpRequest, series_slug: str, team_slug: str) -> Team:
    """The team, with what its pages show of the series; 404 to a stranger."""
    teams = Team.objects.visible_to(request.user).select_related("series__summit")
    teams = teams.prefetch_related("series__sessions", "series__drivers")
    return get_object_or_404(teams, series__slug=series_slug, slug=team_slug)


def find_entry(request: HttpRequest, series_slug: str, team_slug: str, entry_id: int) -> StoryEntry:
    """The entry of that team, its author and its team; 404 to who may not read it."""
    team = find_team(request, series_slug, team_slug)
    entries = StoryEntry.objects.visible_to(request.user).select_related("author")
    entry = get_object_or_404(entries.filter(team=team), pk=entry_id)
    entry.team = team
    return entry


def entry_address(entry: StoryEntry) -> list[Any]:
    return [entry.team.series.slug, entry.team.slug, entry.pk]


def entry_url(entry: StoryEntry) -> str:
    return reverse("storymaps:entry", args=entry_address(entry))


def map_url(team: Team) -> str:
    return reverse("storymaps:map", args=[team.series.slug, team.slug])


def log_url(team: Team) -> str:
    return reverse("storymaps:log", args=[team.series.slug, team.slug])


def outcome_url(entry: StoryEntry) -> str:
    """The form that promotes the entry to an outcome statement."""
    team = entry.team
    return f"{reverse('storymaps:outcome-add', args=[team.series.slug, team.slug])}?from={entry.pk}"


def share_url(entry: StoryEntry) -> str:
    """The form that puts what the team used on the resource shelf."""
    return f"{reverse('library:resource-add', args=[entry.team.series.slug])}?from_entry={entry.pk}"


def place_on_map(entry: StoryEntry) -> str:
    """Where the entry stands on its team’s map; it is drawn there, however many there are."""
    return f"{map_url(entry.team)}?entry={entry.pk}#entry-{entry.pk}"


# --- telling ---------------------------------------------------------------------------------------


@policy(see="entry", act=Permission.LOG_STORY)
@require_POST
def story_place(request: HttpRequest, series_slug: str, team_slug: str, entry_id: int) -> HttpResponse:
    """Put an entry that stands in no lane into one, in one tap."""
    entry = find_entry(request, series_slug, team_slug, entry_id)
    require(request.user, Permission.LOG_STORY, entry)
    known = {str(driver.pk): driver for driver in entry.team.series.drivers.all()}
    driver: Driver | None = known.get(request.POST.get("driver", ""))
    if driver is None:
        messages.error(request, _("Choose one of the drivers of this series."))
        return redirect(map_url(entry.team))
    services.place_story(entry, driver, by=person(request), at=clock.now())
    messages.success(request, _("It stands under %(driver)s now.") % {"driver": driver.name})
    return redirect(place_on_map(entry))


@policy(see="team", act=Permission.LOG_STORY)
@require_http_methods(["GET", "POST"])
def story_log(request: HttpRequest, series_slug: str, team_slug: str) -> HttpResponse:
    """The whole form; on POST, also from a team's home, put the entry on the map."""
    team = find_team(request, series_slug, team_slug)
    require(request.user, Permission.LOG_STORY, team)
    sid = submission_id(request)
    context = frame(request, team.series, team=team, here="map") | {"back_url": map_url(team)}
    if request.method == "GET":
        source = _source(request, team)
        context |= log_context(request.user, team, sid, is_quick=False, grew_out_of=source)
        return render(request, "storymaps/log.html", context)
    if earlier := services.logged_before(person(request), sid):
        return _logged(request, team, earlier)
    draft = StoryEntry(team=team, submission_id=sid)
    form = StoryEntryForm(request.POST, request.FILES, instance=draft, team=team, user=request.user)
    is_looking = _looks(form, request)
    if not is_looking and _takes(form, request):
        try:
            entry = services.log_story(
                form.instance,
                by=person(request),
                at=clock.now(),
                sent=dict(request.POST.lists()),
                **form.links(),
            )
            return _logged(request, team, entry)
        except ValidationError as error:
            _put_errors(form, error)
    context |= log_context(request.user, team, sid, is_quick=False) | {"form": form}
    return render(request, "storymaps/log.html", context, status=200 if is_looking else 422)


def _source(request: HttpRequest, team: Team) -> StoryEntry | None:
    """The story that a new one is to grow out of, as the link that led here says; None for any other."""
    number = _number(request.GET.get("from", ""))
    readable = StoryEntry.objects.visible_to(request.user).filter(team__series=team.series_id)
    return readable.filter(pk=number).first()


def _looks(form: StoryEntryForm, request: HttpRequest) -> bool:
    """Whether a story is looked for: then nothing is saved, and nothing typed is lost.

    `found` are the words that the boxes on the page answer. Enter in the search field looks, too.
    """
    words = request.POST.get("find", "").strip()
    if "look" not in request.POST and words in ("", request.POST.get("found", "").strip()):
        return False
    _takes(form, request)  # a photo that was chosen comes back with the form
    form.errors.clear()
    return True


def _logged(request: HttpRequest, team: Team, entry: StoryEntry) -> HttpResponse:
    messages.success(request, _("It is on your map."))
    return redirect(place_on_map(entry))


def _takes(form: StoryEntryForm, request: HttpRequest) -> bool:
    """Whether `form` is well formed. A file that came with it is kept first, so that it is never lost."""
    is_valid = form.is_valid()
    upload = form.cleaned_data.get("photo")
    if upload:
        try:
            form.keep_photo(receive(upload, by=person(request), at=clock.now()))
        except FileRefused as refused:
            form.add_error("photo", str(refused))
            return False
    return is_valid


def _put_errors(form: BaseForm, error: ValidationError) -> None:
    """Show what a service refused at its field, or above the form where the form has no such field."""
    by_field = error.error_dict if hasattr(error, "error_dict") else {"": error.error_list}
    for name, errors in by_field.items():
        form.add_error(name if name in form.fields else None, errors)


@policy(see="entry", act=Permission.LOG_STORY)
@require_http_methods(["GET", "POST"])
def story_edit(request: HttpRequest, series_slug: str, team_slug: str, entry_id: int) -> HttpResponse:
    """Change an entry; where somebody was quicker, show both texts and lose neither."""
    entry = find_entry(request, series_slug, team_slug, entry_id)
    require(request.user, Permission.LOG_STORY, entry)
    is_mine = services.may_amend(request.user, entry)
    if not is_mine:
        messages.error(request, _("The team changes its own stories; you can write in the margin."))
        return redirect(entry_url(entry))
    version, current, status = entry.version, None, 200
    if request.method == "GET":
        form = StoryEntryForm(instance=entry, team=entry.team, user=request.user)
    else:
        form = StoryEntryForm(request.POST, request.FILES, instance=entry, team=entry.team, user=request.user)
        status = 422
        sent_version = _number(request.POST.get("version", ""))
        if _looks(form, request):
            status = 200
        elif _takes(form, request):
            try:
                services.amend_story(
                    form.instance,
                    version=sent_version,
                    by=person(request),
                    at=clock.now(),
                    **form.links(),
                )
                messages.success(request, _("The change is saved."))
                return redirect(entry_url(entry))
            except services.StaleEntry as stale:
                current, status = stale.current, 409
            except ValidationError as error:
                _put_errors(form, error)
        version = current.version if current else sent_version
    context = frame(request, entry.team.series, team=entry.team, here="map") | {
        "form": form,
        "entry": entry,
        "current": current,
        "current_text": render_markdown(current.text) if current else "",
        "differences": word_diff(current.text, form.instance.text) if current else [],
        "version": version,
        "is_cleared": entry.visibility == Visibility.PUBLIC,
        "back_url": entry_url(entry),
    }
    return render(request, "storymaps/edit.html", context, status=status)


def _number(text: str) -> int:
    """A version as it was posted; -1, which is never one, for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1


# --- an entry and its margin -----------------------------------------------------------------------


@policy(see="entry")
@require_GET
def entry_page(request: HttpRequest, series_slug: str, team_slug: str, entry_id: int) -> HttpResponse:
    """A story, what it grew out of, what became of it, and what was said of it."""
    entry = find_entry(request, series_slug, team_slug, entry_id)
    if has_permission(request.user, Permission.COMMENT_AS_COACH, entry):
        mark_read(entry, by=person(request), at=clock.now())
    return _entry_page(request, entry)


def _entry_page(
    request: HttpRequest,
    entry: StoryEntry,
    decision: DecisionForm | None = None,
    status: int = 200,
) -> HttpResponse:
    team, user = entry.team, request.user
    evidence = list(entry.evidence.select_related("file"))
    period = next((p for p in team.series.periods.all() if p.starts_on <= entry.began_on <= p.ends_on), None)
    context = frame(request, team.series, team=team, here="map") | {
        "entry": entry,
        "drivers": list(entry.drivers.all()),
        "evidence": evidence,
        "evidence_level": min(len(evidence), 2),
        "evidence_words": source_words(evidence),
        "evidence_url": reverse("storymaps:evidence-add", args=entry_address(entry)),
        "crumbs": [(team.name, map_url(team)), (str(period) if period else entry.headline, "")],
        "audience": AUDIENCE_WORDS[Visibility(entry.visibility)],
        "chain": chain_of(entry, user),
        "panels": panels_of(request, entry),
        "can_edit": services.may_amend(user, entry),
        "edit_url": reverse("storymaps:entry-edit", args=entry_address(entry)),
    }
    context["margin"] = margin = margin_of(of_story(entry, team), user)
    context |= {"text": margin["texts"]["text"], "why": margin["texts"]["why_it_matters"]}
    context["read_by"] = read_by(entry, margin["coaches"])
    context["more"] = _more_of(entry, margin["texts"])
    context |= _clearance_of(entry, user, decision)
    return render(request, "storymaps/entry.html", context, status=status)


def _more_of(entry: StoryEntry, texts: Mapping[str, str]) -> list[tuple[Any, str]]:
    """What else was told, as pairs of a heading and words; what is blank is left out."""
    partner = entry.partner.name if entry.partner else entry.partner_name
    found = [
        (_("How it came about"), texts["how"] if entry.how else ""),
        (_("What we think now"), texts["now_think"] if entry.now_think else ""),
        (_("Values it showed"), entry.values_shown),
        (_("Who outside the team it is about"), partner),
    ]
    return [(heading, words) for heading, words in found if words]


def _clearance_of(entry: StoryEntry, user: Any, decision: DecisionForm | None) -> dict[str, Any]:
    """How far the entry is on its way to the public, and what the reader may do about it."""
    live = services.live_clearance(entry)
    address = entry_address(entry)
    rights = rights_on(user, entry)
    may_log = Permission.LOG_STORY in rights
    reasons = services.what_stands_in_the_way(entry) if may_log and not live else []
    is_asked = live is not None and live.state == ClearanceState.ASKED
    may_decide = is_asked and Permission.APPROVE_PUBLIC in rights
    may_withdraw = live is not None and services.may_withdraw(user, entry)
    return {
        "clearance": live,
        "shows_clearance": may_log or may_withdraw,
        "tried_url": f"{log_url(entry.team)}?from={entry.pk}" if may_log and entry.is_intended else "",
        "history_url": reverse("storymaps:history", args=address) if may_log else "",
        "help_url": f"{reverse('coaching:help', args=address[:2])}?about={entry.pk}" if may_log else "",
        "share_url": share_url(entry) if services.may_amend(user, entry) else "",
        "finding_url": state_url(user, entry.team, f"story={entry.pk}") if not entry.is_intended else "",
        "outcome_url": outcome_url(entry) if may_log and not entry.is_intended else "",
        "clearance_reasons": reasons,
        "clearance_is_asked": is_asked,
        "ask_url": reverse("storymaps:clearance-ask", args=address) if may_log and not live else "",
        "decide_url": reverse("storymaps:clearance-decide", args=address) if may_decide else "",
        "withdraw_url": reverse("storymaps:clearance-withdraw", args=address) if may_withdraw else "",
        "decision": decision or DecisionForm(initial={"version": entry.version}),
    }


# --- clearance for the public ----------------------------------------------------------------------


@policy(see="entry", act=Permission.LOG_STORY)
@require_POST
def clearance_ask(request: HttpRequest, series_slug: str, team_slug: str, entry_id: int) -> HttpResponse:
    """Ask the team lead to approve an entry for the public."""
    entry = find_entry(request, series_slug, team_slug, entry_id)
    require(request.user, Permission.LOG_STORY, entry)
    try:
        services.ask_clearance(entry, by=person(request), at=clock.now())
    except ValidationError:
        return _entry_page(request, entry, status=422)  # the page says what stands in the way
    messages.success(request, _("The team lead is asked."))
    return redirect(f"{entry_url(entry)}#clearance")


@policy(see="entry", act=Permission.APPROVE_PUBLIC)
@require_POST
def clearance_decide(request: HttpRequest, series_slug: str, team_slug: str, entry_id: int) -> HttpResponse:
    """The team lead approves or declines; approval says that nobody can be recognised."""
    entry = find_entry(request, series_slug, team_slug, entry_id)
    require(request.user, Permission.APPROVE_PUBLIC, entry)
    clearance: Clearance | None = services.live_clearance(entry)
    if clearance is None or clearance.state != ClearanceState.ASKED:
        messages.error(request, _("There is no open request for this entry."))
        return redirect(f"{entry_url(entry)}#clearance")
    clearance.entry = entry
    form = DecisionForm(request.POST)
    form.is_valid()
    try:
        services.decide_clearance(
            clearance,
            approved=request.POST.get("answer") == "approve",
            states_nobody_recognisable=bool(form.cleaned_data.get("states_nobody_recognisable")),
            version=form.cleaned_data.get("version", -1),
            by=person(request),
            at=clock.now(),
        )
    except ValidationError as error:
        _put_errors(form, error)
        return _entry_page(request, entry, decision=form, status=422)
    except services.StaleEntry as stale:
        messages.error(request, _("The entry was changed since you opened it. Please read it once more."))
        entry = find_entry(request, series_slug, team_slug, stale.current.pk)
        return _entry_page(request, entry, status=409)
    return redirect(f"{entry_url(entry)}#clearance")


@policy(see="entry", act=Permission.LOG_STORY)
@require_POST
def clearance_withdraw(request: HttpRequest, series_slug: str, team_slug: str, entry_id: int) -> HttpResponse:
    """Take an entry back from the public, at once and without a reason."""
    entry = find_entry(request, series_slug, team_slug, entry_id)
    if not services.may_withdraw(request.user, entry):
        require(request.user, Permission.APPROVE_PUBLIC, entry)
    was_public = entry.visibility == Visibility.PUBLIC
    services.withdraw_clearance(entry, by=person(request), at=clock.now())
    if was_public:
        messages.success(request, _("It is taken back. It is off the public pages."))
    else:
        messages.success(request, _("The request is taken back."))
    return redirect(f"{entry_url(entry)}#clearance")


# --- the chain of a plan item ----------------------------------------------------------------------


@policy(see="team")
@require_GET
def chain_item(request: HttpRequest, series_slug: str, team_slug: str, item_id: int) -> HttpResponse:
    """What a plan item grew out of, and what became of it."""
    team = find_team(request, series_slug, team_slug)
    items = PlanItem.objects.visible_to(request.user).select_related("plan__period", "plan__team__series")
    item = get_object_or_404(items.filter(plan__team=team), pk=item_id)
    context = frame(request, team.series, team=team, here="plan") | {
        "item": item,
        "drivers": list(item.drivers.all()),
        "chain": chain_of(item, request.user),
        "margin": margin_of(of_item(item, team), request.user),
        "can_log": has_permission(request.user, Permission.LOG_STORY, team),
        "log_url": log_url(team),
        "plan_url": reverse("progress:plan-period", args=[series_slug, team_slug, item.plan.period.number]),
    }
    return render(request, "storymaps/chain_item.html", context)
