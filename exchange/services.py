"""What can be done in an exchange round: opened, posted to, dealt, answered, thanked for, kept on the map."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Max, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.drafts import drop_draft
from accounts.events import record
from accounts.files import FileRefused, claim
from accounts.kinds import FileKind
from accounts.permissions import Permission, require
from core import clock
from core.forms import USED_BEFORE
from exchange.dealing import Pair, deal
from exchange.models import LEFT_OUT, WANTED, Answer, Assignment, Post, Round, RoundState, Thanks
from exchange.permissions import may_run, may_withdraw, voices_of
from series.models import Series
from series.services import SeriesClosed, is_closed
from storymaps.models import Evidence, StoryEntry, Visibility
from storymaps.services import log_story
from storymaps.sources import save_evidence
from teams.models import Team

if TYPE_CHECKING:
    from accounts.models import User

POST_WORDS = ("text", "language")
ANSWER_WORDS = ("resonates", "wonders", "offers")
DATES = ("opens_on", "closes_on", "answers_due_on", "prompt", "minutes")


class Stale(Exception):
    """Somebody of the same team was quicker; `current` is what stands now."""

    def __init__(self, current: Any) -> None:
        super().__init__(current.pk)
        self.current = current


# --- rounds ------------------------------------------------------------------------------------------


@transaction.atomic
def open_round(draft: Round, *, by: "User", at: datetime) -> Round:
    """Add a round to its series; a double tap is one. Raises SeriesClosed, ValidationError."""
    require(by, Permission.CONFIGURE, draft.series)
    if earlier := Round.objects.filter(created_by=by, submission_id=draft.submission_id).first():
        return earlier
    _require_open(draft.series, at)
    Series.objects.select_for_update(of=("self",)).get(pk=draft.series_id)
    last = Round.objects.filter(series=draft.series_id).aggregate(last=Max("number"))["last"]
    draft.number = (last or 0) + 1
    draft.created_by, draft.created_at = by, at
    draft.period = _period_of(draft)
    draft.full_clean(exclude=["submission_id"])
    try:
        with transaction.atomic():
            draft.save()
    except IntegrityError as error:
        raise ValidationError(USED_BEFORE) from error
    record(by=by, act="exchange.round_opened", target=draft, at=at)
    return draft


@transaction.atomic
def change_round(draft: Round, *, by: "User", at: datetime) -> Round:
    """Change the days or the words of a round; what was posted and dealt stays."""
    require(by, Permission.CONFIGURE, draft.series)
    draft.period = _period_of(draft)
    draft.full_clean(exclude=["submission_id"])
    draft.save(update_fields=[*DATES, "period"])
    record(by=by, act="exchange.round_changed", target=draft, at=at)
    return draft


@transaction.atomic
def call_off(round_: Round, *, by: "User", at: datetime) -> None:
    """Take a round back to which nobody has posted."""
    require(by, Permission.CONFIGURE, round_.series)
    current = Round.objects.select_for_update(of=("self",)).get(pk=round_.pk)
    if current.posts.exists():
        raise ValidationError(_("Somebody has posted already. A round with posts stays."))
    record(by=by, act="exchange.round_called_off", target=round_, at=at)
    current.delete()


def _period_of(round_: Round) -> Any:
    """The Action Period in which the round closes, if it does in one."""
    periods = round_.series.periods.filter(starts_on__lte=round_.closes_on, ends_on__gte=round_.closes_on)
    return periods.first()


def _require_open(series: Series, at: datetime) -> None:
    if is_closed(series, clock.day_in(series.time_zone, at)):
        raise SeriesClosed(series.pk)


def state_at(round_: Round, at: datetime) -> RoundState:
    """Where a round stands: its days are days of the series."""
    return round_.state_on(clock.day_in(round_.series.time_zone, at))


# --- posts -------------------------------------------------------------------------------------------


def draft_of_post(round_: Round, team: Team) -> tuple[str, str]:
    """The names under which the draft of a team's post is kept."""
    return "exchange-post", f"round:{round_.pk}:team:{team.pk}"


def draft_of_answer(post: Post) -> tuple[str, str]:
    return "exchange-answer", f"post:{post.pk}"


def kept_post(person: "User", series_slug: str, team_slug: str, number: int) -> tuple[str, str] | None:
    """The draft of the form of a post at that address, for `accounts.drafts.kept_forms`."""
    team = Team.objects.visible_to(person).filter(series__slug=series_slug, slug=team_slug).first()
    if team is None:
        return None
    round_ = Round.objects.filter(series=team.series_id, number=number).first()
    return draft_of_post(round_, team) if round_ else None


def kept_answer(person: "User", series_slug: str, number: int, post_id: int) -> tuple[str, str] | None:
    """The draft of an answer at that address."""
    found = Post.objects.visible_to(person).filter(round__series__slug=series_slug, round__number=number)
    post = found.filter(pk=post_id).first()
    return draft_of_answer(post) if post else None


def why_not_post(round_: Round, team: Team, at: datetime) -> str:
    """Why `team` cannot post in the round, in words; empty where it can."""
    if team.status in LEFT_OUT or team.series_id != round_.series_id:
        return str(_("This team does not take part at the moment."))
    if is_closed(round_.series, clock.day_in(round_.series.time_zone, at)):
        return str(_("This series is over."))
    state = state_at(round_, at)
    if state == RoundState.AHEAD:
        return str(_("The round has not begun."))
    if state == RoundState.OVER:
        return str(_("The round is over. Tell it as a story: all teams can read it."))
    return ""


def share_post(
    draft: Post, *, version: int, by: "User", at: datetime, sent: Mapping[str, Sequence[str]] | None = None
) -> Post:
    """Post what a team tells, or change it, and put back what it took back. A double tap is one post.

    `version` is what the form was opened at, 0 where nothing stood. A post after the dealing is dealt in.
    Raises PermissionDenied, ValidationError, and Stale where somebody of the team was quicker.
    """
    require(by, Permission.LOG_STORY, draft.team)
    if reason := why_not_post(draft.round, draft.team, at):
        raise ValidationError(reason)
    with transaction.atomic():
        round_ = Round.objects.select_for_update(of=("self",)).select_related("series").get(pk=draft.round_id)
        current = Post.objects.filter(round=round_, team=draft.team).select_related("file").first()
        if current is not None and current.submission_id == draft.submission_id and not version:
            return current
        if (current.version if current else 0) != version:
            raise Stale(current or draft)
        post = _posted(draft, current, by, at)
        drop_draft(by, *draft_of_post(round_, draft.team), sent)
        record(by=by, act="exchange.posted", target=post, at=at, version=post.version, round=round_.pk)
        if round_.dealt_at is not None:
            _deal(round_, by=by, at=at)
    return post


def _posted(draft: Post, current: Post | None, by: "User", at: datetime) -> Post:
    """Write what stands in `draft` into its row."""
    post = current or draft
    if current is None:
        post.posted_by, post.posted_at = by, at
    else:
        for name in POST_WORDS:
            setattr(post, name, getattr(draft, name))
        post.version += 1
        post.withdrawn_at = None
        post.file = draft.file
    file = post.file
    if file is not None and file.kind == FileKind.PHOTO and not post.text.strip():
        message = _("Say in words what the photo shows, for those who cannot see it.")
        raise ValidationError({"text": message})
    post.full_clean(exclude=["submission_id"])
    if file is not None and not file.scope:
        if file.uploaded_by_id != by.pk:
            raise ValidationError({"file": _("This file was sent by somebody else.")})
        Team.objects.select_for_update().get(pk=post.team_id)
        try:
            claim(file, f"team:{post.team_id}")
        except FileRefused as refused:
            raise ValidationError({"file": str(refused)}) from refused
    if current is None:
        try:
            with transaction.atomic():
                post.save()
        except IntegrityError as error:
            raise ValidationError(USED_BEFORE) from error
    else:
        post.save(update_fields=[*POST_WORDS, "file", "version", "withdrawn_at"])
    return post


@transaction.atomic
def withdraw_post(post: Post, *, by: "User", at: datetime) -> None:
    """Take a post back: only the team and who runs the series read it, and nobody is asked to answer it."""
    require(by, Permission.LOG_STORY, post.team)
    round_ = Round.objects.select_for_update(of=("self",)).select_related("series").get(pk=post.round_id)
    if Post.objects.filter(pk=post.pk, withdrawn_at=None).update(withdrawn_at=at):
        record(by=by, act="exchange.post_withdrawn", target=post, at=at)
        if round_.dealt_at is not None:
            _deal(round_, by=by, at=at)


@transaction.atomic
def keep_on_map(post: Post, *, by: "User", at: datetime) -> StoryEntry:
    """Make a story of a post, on its team’s map, read by the series as the post is. Kept twice is once."""
    require(by, Permission.LOG_STORY, post.team)
    rows = Post.objects.select_for_update(of=("self",)).select_related("team__series", "round", "file")
    post = rows.get(pk=post.pk)
    if post.entry is not None:
        return post.entry
    if post.is_withdrawn:
        raise ValidationError(_("It was taken back."))
    entry = StoryEntry(
        team=post.team,
        text=post.text[:4000]
        or _("What we told the other teams in exchange round %(number)s.") % {"number": post.round.number},
        began_on=clock.day_in(post.team.time_zone, post.posted_at),
        language=post.language,
        visibility=Visibility.SERIES,
        submission_id=uuid.uuid4(),
        is_sample=post.is_sample,
    )
    entry = log_story(entry, by=by, at=at, keeps_draft=True)
    if post.file is not None:
        shows = (post.text or _("What the team told in an exchange round"))[:300]
        save_evidence(Evidence(entry=entry, file=post.file, alt_text=shows, submission_id=uuid.uuid4()))
    post.entry = entry
    post.save(update_fields=["entry"])
    record(by=by, act="exchange.kept_on_map", target=post, at=at, entry=entry.pk)
    return entry


# --- dealing -----------------------------------------------------------------------------------------


@transaction.atomic
def deal_round(round_: Round, *, by: "User | None", at: datetime) -> set[Pair]:
    """Deal who answers whom, or what is missing since; give back the new pairs of team ids.

    Dealt twice is dealt once: what stands is kept. `by` is None for the platform itself.
    """
    if by is not None:
        require(by, Permission.CONFIGURE, round_.series)
    current = Round.objects.select_for_update(of=("self",)).select_related("series").get(pk=round_.pk)
    return _deal(current, by=by, at=at)


def _deal(round_: Round, *, by: "User | None", at: datetime) -> set[Pair]:
    """Deal in the caller's transaction, which holds the row of the round."""
    posts, gone, new = _dealing(round_)
    Assignment.objects.filter(pk__in=[row.pk for row in gone]).delete()
    Assignment.objects.bulk_create(
        Assignment(team_id=team, post=posts[to], dealt_at=at, is_sample=round_.is_sample)
        for team, to in sorted(new)
    )
    is_first = round_.dealt_at is None
    if is_first:
        round_.dealt_at = at
        round_.save(update_fields=["dealt_at"])
    if new or gone or is_first:
        record(by=by, act="exchange.dealt", target=round_, at=at, pairs=len(new), dropped=len(gone))
    return new


def _dealing(round_: Round) -> tuple[dict[int, Post], list[Assignment], set[Pair]]:
    """The posts that take part by team, the assignments that fall away, and the pairs to deal."""
    posts = {post.team_id: post for post in round_.posts.taking_part()}  # type: ignore[attr-defined]
    answered = set(
        Answer.objects.standing()
        .filter(post__round=round_, team__isnull=False)
        .values_list("team", "post__team")
    )
    kept, gone = set(answered), []
    for row in Assignment.objects.filter(post__round=round_).select_related("post"):
        pair = (row.team_id, row.post.team_id)
        if pair in answered or (pair[0] in posts and pair[1] in posts):
            kept.add(pair)
        else:
            gone.append(row)
    return posts, gone, deal(posts, seed=round_.pk, history=_history(round_), kept=kept, each=WANTED)


def _history(round_: Round) -> list[Pair]:
    """Who was given, or answered, whom in the other rounds of the series: each pair once a round."""
    others = Q(post__round__series=round_.series_id) & ~Q(post__round=round_)
    fields = ("team", "post__team", "post__round")
    given = set(Assignment.objects.filter(others).values_list(*fields))
    given |= set(Answer.objects.filter(others, team__isnull=False).values_list(*fields))
    return [(team, to) for team, to, _round in sorted(given)]


def is_to_be_dealt(round_: Round, *, at: datetime) -> bool:
    """Whether a dealing is owed: the days of posting are over, or a team came or went since the last one."""
    state = state_at(round_, at)
    if round_.dealt_at is None:
        return state in (RoundState.ANSWERING, RoundState.OVER)
    if state != RoundState.ANSWERING:
        return False
    _posts, gone, new = _dealing(round_)
    return bool(gone or new)


# --- answers and thanks ------------------------------------------------------------------------------


def answer_post(
    draft: Answer, *, version: int, by: "User", at: datetime, sent: Mapping[str, Sequence[str]] | None = None
) -> Answer:
    """Answer a post for a team, or in one's own name, or go on with the answer of the team.

    `version` is what the form was opened at, 0 where nothing stood. A double tap is one answer. Raises
    PermissionDenied, ValidationError, and Stale where somebody of the team was quicker.
    """
    post = draft.post
    require(by, Permission.COMMENT, post)
    if post.is_withdrawn:
        raise ValidationError(_("It was taken back."))
    voices = voices_of(by, post.round).beside(post.team)
    if draft.team is not None and draft.team not in voices.teams:
        raise PermissionDenied(gettext_lazy("You do not answer for this team."))
    if draft.team is None and not voices.own_name:
        raise PermissionDenied(gettext_lazy("Members answer for their team."))
    mine = Answer.objects.filter(post=post, team=draft.team)
    if draft.team is None:
        mine = mine.filter(author=by)
    with transaction.atomic():
        current = mine.select_for_update(of=("self",)).first()
        if current is not None and current.submission_id == draft.submission_id and not version:
            return current
        if (current.version if current else 0) != version:
            raise Stale(current or draft)
        answer = _answered(draft, current, by, at)
        drop_draft(by, *draft_of_answer(post), sent)
        act = "exchange.answer_changed" if current else "exchange.answered"
        record(by=by, act=act, target=post, at=at, answer=answer.pk)
    return answer


def _answered(draft: Answer, current: Answer | None, by: "User", at: datetime) -> Answer:
    """Write what stands in `draft` into its row."""
    answer = current or draft
    if current is None:
        answer.author, answer.written_at, answer.language = by, at, by.language
    else:
        for name in ANSWER_WORDS:
            setattr(answer, name, getattr(draft, name))
        answer.version += 1
        answer.withdrawn_at = None
    answer.full_clean(exclude=["submission_id"])
    if current is not None:
        answer.save(update_fields=[*ANSWER_WORDS, "version", "withdrawn_at"])
        return answer
    try:
        with transaction.atomic():
            answer.save()
    except IntegrityError as error:
        raise ValidationError(USED_BEFORE) from error
    return answer


@transaction.atomic
def withdraw_answer(answer: Answer, *, by: "User", at: datetime) -> None:
    """Take an answer back: nobody reads it, the post waits for another. Sent again, it stands again.

    Whoever may answer for that team does it, the author of what was said in one's own name, and who runs
    the series. Taken back twice is taken back once. Raises PermissionDenied.
    """
    round_ = answer.post.round
    if not may_withdraw(by, answer, voices_of(by, round_), runs=may_run(by, round_)):
        raise PermissionDenied(gettext_lazy("An answer is taken back by who gave it."))
    if Answer.objects.filter(pk=answer.pk, withdrawn_at=None).update(withdrawn_at=at):
        record(by=by, act="exchange.answer_withdrawn", target=answer.post, at=at, answer=answer.pk)


@transaction.atomic
def thank(answer: Answer, *, by: "User", at: datetime) -> Thanks:
    """Thank for an answer, once, for the team that got it."""
    require(by, Permission.LOG_STORY, answer.post.team)
    thanks, is_new = Thanks.objects.get_or_create(answer=answer, defaults={"by": by, "at": at})
    if is_new:
        record(by=by, act="exchange.thanked", target=answer.post, at=at, answer=answer.pk)
    return thanks
