"""Notes in the margin, wherever they stand: write, answer, change, delete, settle."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.people import person
from accounts.permissions import Permission, policy, require
from core import clock
from core.forms import put_errors, submission_id
from core.text import render_markdown
from series.frame import frame
from storymaps import comments
from storymaps.margin import margin_of
from storymaps.models import Comment
from storymaps.pages.note_forms import ChangeForm, CommentForm
from storymaps.targets import KINDS, Target, beside, note_url, of_target
from storymaps.views import find_team
from teams.models import Team


def find_target(request: HttpRequest, series_slug: str, team_slug: str, kind: str, target_id: int) -> Target:
    """What the notes stand beside; 404 to who may not see it."""
    team = find_team(request, series_slug, team_slug)
    if kind not in KINDS:
        raise Http404
    found = get_object_or_404(KINDS[kind].find(request.user, team), pk=target_id)
    if kind in ("story", "outcome", "finding"):
        found.team = team  # with the series that is loaded already
    return KINDS[kind].of(found, team)


def find_note(request: HttpRequest, team: Team, comment_id: int) -> Comment:
    """A note that stands and that the reader may read; 404 otherwise."""
    notes = Comment.objects.visible_to(request.user).standing().with_targets().filter(team=team)
    return get_object_or_404(notes, pk=comment_id)


@policy(see="entry")
@require_GET
def notes(request: HttpRequest, series_slug: str, team_slug: str, kind: str, target_id: int) -> HttpResponse:
    """The notes beside one thing, on a page of their own."""
    return show(request, find_target(request, series_slug, team_slug, kind, target_id))


def show(
    request: HttpRequest, target: Target, refused: CommentForm | None = None, status: int = 200
) -> HttpResponse:
    """The page of notes beside `target`, with a form that was refused if there is one."""
    margin = margin_of(target, request.user, refused)
    context = frame(request, target.team.series, team=target.team, here="map") | {
        "margin": margin,
        "target": target,
        "texts": [words for words in margin["texts"].values() if words],
        "crumbs": [(target.team.name, target.url_home()), (target.title, target.url), (_("Notes"), "")],
    }
    return render(request, "storymaps/notes.html", context, status=status)


@policy(see="entry", act=Permission.COMMENT)
@require_POST
def note_add(
    request: HttpRequest, series_slug: str, team_slug: str, kind: str, target_id: int
) -> HttpResponse:
    """Write in the margin, or answer a note there."""
    target = find_target(request, series_slug, team_slug, kind, target_id)
    require(request.user, Permission.COMMENT, target.holder)
    parent = None
    if given := request.POST.get("parent", ""):
        here = Comment.objects.visible_to(request.user).filter(**of_target(target))
        parent = get_object_or_404(here, pk=int(given) if given.isascii() and given.isdigit() else 0)
    form = CommentForm(
        request.POST,
        instance=comments.new_comment(target, submission_id(request), parent),
        parent=parent,
        audiences=comments.audiences(request.user, target),
        can_quote=bool(target.quoted),
        auto_id=f"answer-{parent.pk}-%s" if parent else "note-%s",
    )
    if form.is_valid():
        try:
            comment = comments.write_comment(form.instance, by=person(request), at=clock.now())
            if parent is not None and "settles" in request.POST and comments.may_settle(request.user, parent):
                comments.settle_comment(parent, by=person(request), at=clock.now())
            tell_unknown(request, comment)
            return redirect(f"{target.url}#note-{comment.pk}")
        except ValidationError as error:
            put_errors(form, error)
    return show(request, target, refused=form, status=422)


def tell_unknown(request: HttpRequest, comment: Comment) -> None:
    """Say which names the note calls without reaching anybody."""
    if "@" not in comment.text:
        return
    readers = comments.readers_of(comment.team, comment.audience)
    _called, unknown = comments.called_in(comment.text, readers)
    if unknown:
        names = ", ".join(f"@{handle}" for handle in unknown)
        messages.warning(
            request,
            _("Nobody, or more than one person, who can read this note is called so: %(names)s")
            % {"names": names},
        )


@policy(see="entry", act=Permission.COMMENT)
@require_POST
def note_settle(request: HttpRequest, series_slug: str, team_slug: str, comment_id: int) -> HttpResponse:
    """Say that a note needs nothing more."""
    team = find_team(request, series_slug, team_slug)
    found = Comment.objects.visible_to(request.user).with_targets().filter(team=team)
    comment = get_object_or_404(found, pk=comment_id)
    require(request.user, Permission.COMMENT, beside(comment).holder)
    if comments.may_settle(request.user, comment):
        comments.settle_comment(comment, by=person(request), at=clock.now())
    return redirect(note_url(comment))


@policy(see="entry")
@require_http_methods(["GET", "POST"])
def note_change(request: HttpRequest, series_slug: str, team_slug: str, comment_id: int) -> HttpResponse:
    """Say a note of one's own in other words; what stood there is kept."""
    team = find_team(request, series_slug, team_slug)
    comment = find_note(request, team, comment_id)
    if comment.author_id != person(request).pk:
        raise PermissionDenied(_("A note is changed by who wrote it."))
    seen = comment.edited_at
    if request.method == "GET":
        return _change_page(request, team, comment, ChangeForm(instance=comment))
    before, status = comment.text, 422
    form = ChangeForm(request.POST, instance=comment)
    is_stale = request.POST.get("seen", "") != _stamp(seen)
    if form.is_valid() and not is_stale:
        text, comment.text = form.cleaned_data["text"], before
        try:
            comments.change_comment(comment, text, seen=seen, by=person(request), at=clock.now())
            tell_unknown(request, comment)
            return redirect(note_url(comment))
        except comments.StaleComment:
            is_stale = True
        except ValidationError as error:
            put_errors(form, error)
    if is_stale:
        status = 409
        messages.error(request, _("The note was changed since you opened it. What you typed stands below."))
    return _change_page(request, team, comment, form, before=before if is_stale else "", status=status)


def _stamp(moment: Any) -> str:
    return moment.isoformat() if moment else ""


def _change_page(
    request: HttpRequest, team: Team, comment: Comment, form: ChangeForm, before: str = "", status: int = 200
) -> HttpResponse:
    context = frame(request, team.series, team=team, here="map") | {
        "form": form,
        "seen": _stamp(comment.edited_at),
        "before": before,
        "back_url": note_url(comment),
    }
    return render(request, "storymaps/note_change.html", context, status=status)


@policy(see="entry")
@require_http_methods(["GET", "POST"])
def note_delete(request: HttpRequest, series_slug: str, team_slug: str, comment_id: int) -> HttpResponse:
    """Take the words of a note away, after asking once."""
    team = find_team(request, series_slug, team_slug)
    comment = find_note(request, team, comment_id)
    if not comments.may_delete(request.user, comment):
        raise PermissionDenied(_("A note is deleted by who wrote it."))
    if request.method == "POST":
        comments.delete_comment(comment, by=person(request), at=clock.now())
        messages.success(request, _("The note is deleted. Its place and its answers stay."))
        return redirect(note_url(comment))
    context = frame(request, team.series, team=team, here="map") | {
        "title": _("Delete this note?"),
        "text": _("Its words go, and what it said before. That a note stood here stays to be seen."),
        "action": _("Delete the note"),
        "back_url": note_url(comment),
        "is_grave": True,
    }
    return render(request, "components/confirm.html", context)


@policy(see="entry")
@require_GET
def note_history(request: HttpRequest, series_slug: str, team_slug: str, comment_id: int) -> HttpResponse:
    """What a note said before it was changed, the newest first."""
    team = find_team(request, series_slug, team_slug)
    comment = find_note(request, team, comment_id)
    context = frame(request, team.series, team=team, here="map") | {
        "comment": comment,
        "text": render_markdown(comment.text),
        "versions": [
            (version.until, render_markdown(version.text)) for version in comment.versions.order_by("-pk")
        ],
        "back_url": note_url(comment),
    }
    return render(request, "storymaps/note_history.html", context)
