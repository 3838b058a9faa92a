"""A team's post in a round, and what others answer to it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.drafts import draft_context, fill
from accounts.files import FileRefused, receive
from accounts.people import person
from accounts.permissions import Permission, has_permission, policy, require
from core import clock
from core.forms import put_errors, submission_id
from core.text import render_markdown
from exchange import reading, services
from exchange.forms import AnswerForm, PostForm
from exchange.models import Answer, Assignment, Post
from exchange.permissions import Voices, may_run, may_withdraw, voices_of
from exchange.views import crumbs_of, find_round
from series.frame import frame
from storymaps.chain import chain_of
from storymaps.views import find_team
from teams.models import Team


def find_post(request: HttpRequest, series_slug: str, number: int, post_id: int) -> Post:
    """The post of that round; one taken back only for those whose it is."""
    round_ = find_round(request, series_slug, number)
    posts = Post.objects.visible_to(request.user).filter(round=round_).select_related("team", "file")
    post = get_object_or_404(posts, pk=post_id)
    post.round, post.team.series = round_, round_.series
    return post


def number_of(text: str) -> int:
    """An id or a version as it was sent; -1, which is never one, for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else -1


# --- a team posts ------------------------------------------------------------------------------------


@policy(see="team", act=Permission.LOG_STORY)
@require_http_methods(["GET", "POST"])
def team_post(request: HttpRequest, series_slug: str, team_slug: str, number: int) -> HttpResponse:
    """What a team tells in a round: posted, changed, or put back."""
    team = find_team(request, series_slug, team_slug)
    require(request.user, Permission.LOG_STORY, team)
    round_ = find_round(request, series_slug, number)
    standing = Post.objects.filter(round=round_, team=team).select_related("file").first()
    version = standing.version if standing else 0
    draft = Post(round=round_, team=team, submission_id=submission_id(request))
    draft.language = person(request).language
    if standing is not None:
        draft.text, draft.language, draft.file = standing.text, standing.language, standing.file
    form = PostForm(
        request.POST if request.method == "POST" else None,
        request.FILES if request.method == "POST" else None,
        instance=draft,
        user=request.user,
    )
    current, status = None, 200
    kept: dict[str, Any] = draft_context(request.user, *services.draft_of_post(round_, team))
    if request.method == "POST":
        version, status = max(0, number_of(request.POST.get("version", "0"))), 422
        if takes(form, request):
            try:
                return _posted(request, form.draft, version)
            except services.Stale as stale:
                current, status, version = stale.current, 409, stale.current.version
            except ValidationError as error:
                put_errors(form, error)
    else:
        fill(form, kept["draft"])
    context = frame(request, round_.series, team=team, here="team") | kept
    context |= {
        "form": form,
        "round": round_,
        "version": version,
        "current": current,
        "standing": standing,
        "submission_id": draft.submission_id,
        "why_not": services.why_not_post(round_, team, clock.now()),
        "audience": _("everybody in the series"),
        "back_url": reading.round_url(round_),
        "crumbs": crumbs_of(round_.series, round_, (team.name, "")),
    }
    return render(request, "exchange/post_form.html", context, status=status)


def takes(form: PostForm, request: HttpRequest) -> bool:
    """Whether `form` is well formed. A file that came with it is kept first, so that it is never lost."""
    is_valid = form.is_valid()
    if upload := form.cleaned_data.get("file"):
        try:
            form.keep(receive(upload, by=person(request), at=clock.now()))
        except FileRefused as refused:
            form.add_error("file", str(refused))
            return False
    return is_valid


def _posted(request: HttpRequest, draft: Post, version: int) -> HttpResponse:
    """Post it, say so, and go to where it stands."""
    sent = dict(request.POST.lists())
    post = services.share_post(draft, version=version, by=person(request), at=clock.now(), sent=sent)
    messages.success(request, _("It is posted. Everybody in the series can read it and answer."))
    post.round = draft.round
    return redirect(reading.post_url(post))


@policy(see="series", act=Permission.LOG_STORY)
@require_POST
def post_withdraw(request: HttpRequest, series_slug: str, number: int, post_id: int) -> HttpResponse:
    """Take a post back; the team can post again."""
    post = find_post(request, series_slug, number, post_id)
    services.withdraw_post(post, by=person(request), at=clock.now())
    messages.success(request, _("It is taken back. Nobody outside your team and the facilitators reads it."))
    return redirect(reading.post_url(post))


@policy(see="series", act=Permission.LOG_STORY)
@require_POST
def post_keep(request: HttpRequest, series_slug: str, number: int, post_id: int) -> HttpResponse:
    """Keep a post as a story on the team's map."""
    post = find_post(request, series_slug, number, post_id)
    require(request.user, Permission.LOG_STORY, post.team)
    try:
        services.keep_on_map(post, by=person(request), at=clock.now())
        messages.success(request, _("It stands on your map as a story. Place it under a driver there."))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect(reading.post_url(post))


# --- answers -----------------------------------------------------------------------------------------


def _speaker(request: HttpRequest, post: Post, voices: Voices) -> Team | None:
    """For which team the reader answers, None for in their own name, as the link that led here says.

    Without one: the first near team that was given the post, else the nearest, else in their own name.
    Raises Http404 for a voice that is not theirs.
    """
    asked = request.POST.get("as") or request.GET.get("as", "")
    if asked == "me":
        if not voices.own_name:
            raise Http404
        return None
    if asked:
        team = next((team for team in voices.teams if team.pk == number_of(asked)), None)
        if team is None:
            raise Http404
        return team
    near = voices.near
    given = set(Assignment.objects.filter(post=post, team__in=near).values_list("team", flat=True))
    first = next((team for team in near if team.pk in given), None)
    if first is None and voices.own_name and not any(team.is_own for team in near):  # type: ignore[attr-defined]
        return None
    return first or next(iter(near), None)


@policy(see="series", act=Permission.COMMENT)
@require_http_methods(["GET", "POST"])
def post_page(request: HttpRequest, series_slug: str, number: int, post_id: int) -> HttpResponse:
    """One post with its answers; on POST, answer it, for one's team or in one's own name."""
    post, user = find_post(request, series_slug, number, post_id), request.user
    voices = voices_of(user, post.round).beside(post.team)
    may_answer = bool(voices) and not post.is_withdrawn
    answers = list(post.answers.select_related("team", "author", "thanks"))
    if request.method == "POST":
        require(user, Permission.COMMENT, post)
    context: dict[str, Any] = {}
    status = 200
    if may_answer:
        speaker = _speaker(request, post, voices)
        context, status = _answering(request, post, answers, speaker)
        if context.get("done"):
            return redirect(f"{reading.post_url(post)}#answers-h")
        context["voices"] = voices
    acts, runs = has_permission(user, Permission.LOG_STORY, post.team), may_run(user, post.round)
    context |= frame(request, post.round.series, here="home") | {
        "round": post.round,
        "post": post,
        "text": render_markdown(post.text) if post.text else "",
        "answers": [
            (answer, may_withdraw(person(request), answer, voices, runs=runs))
            for answer in answers
            if answer.withdrawn_at is None
        ],
        "acts": acts,
        "chain": chain_of(post, user),
        "audience": _("everybody in the series"),
        "crumbs": crumbs_of(post.round.series, post.round, (post.team.name, "")),
    }
    return render(request, "exchange/post.html", context, status=status)


def _answering(
    request: HttpRequest, post: Post, answers: list[Answer], speaker: Team | None
) -> tuple[dict[str, Any], int]:
    """The form of an answer of `speaker`, with what they said already; `done` once it is taken."""
    who = person(request)
    standing = next((a for a in answers if a.team == speaker and (speaker or a.author == who)), None)
    sid, version = submission_id(request), standing.version if standing else 0
    draft = Answer(post=post, team=speaker, submission_id=sid)
    if standing is not None:
        for name in services.ANSWER_WORDS:
            setattr(draft, name, getattr(standing, name))
    form = AnswerForm(request.POST if request.method == "POST" else None, instance=draft)
    kept: dict[str, Any] = draft_context(who, *services.draft_of_answer(post))
    current, status = None, 200
    if request.method == "POST":
        version, status = max(0, number_of(request.POST.get("version", "0"))), 422
        if form.is_valid():
            try:
                sent = dict(request.POST.lists())
                services.answer_post(form.instance, version=version, by=who, at=clock.now(), sent=sent)
                messages.success(request, _("Your answer is sent. They read it on their page."))
                return {"done": True}, 302
            except services.Stale as stale:
                current, status, version = stale.current, 409, stale.current.version
            except ValidationError as error:
                put_errors(form, error)
    else:
        fill(form, kept["draft"])
    return kept | {
        "form": form,
        "speaker": speaker,
        "standing": standing,
        "version": version,
        "current": current,
        "submission_id": sid,
    }, status


def find_answer(request: HttpRequest, series_slug: str, number: int, answer_id: int) -> Answer:
    """An answer of that round that stands."""
    round_ = find_round(request, series_slug, number)
    answers = Answer.objects.visible_to(request.user).standing().filter(post__round=round_)
    answer = get_object_or_404(answers.select_related("post__team", "team"), pk=answer_id)
    answer.post.round = round_
    return answer


@policy(see="series", act=Permission.COMMENT)
@require_POST
def answer_withdraw(request: HttpRequest, series_slug: str, number: int, answer_id: int) -> HttpResponse:
    """Take an answer back."""
    answer = find_answer(request, series_slug, number, answer_id)
    services.withdraw_answer(answer, by=person(request), at=clock.now())
    messages.success(request, _("The answer is taken back. Nobody reads it any more."))
    return redirect(f"{reading.post_url(answer.post)}#answers-h")


@policy(see="series", act=Permission.LOG_STORY)
@require_POST
def answer_thank(request: HttpRequest, series_slug: str, number: int, answer_id: int) -> HttpResponse:
    """Thank for an answer, for the team that got it."""
    answer = find_answer(request, series_slug, number, answer_id)
    services.thank(answer, by=person(request), at=clock.now())
    if request.POST.get("back") == "round":
        return redirect(f"{reading.round_url(answer.post.round)}#answer-{answer.pk}")
    return redirect(f"{reading.post_url(answer.post)}#answer-{answer.pk}")
