"""What pages show of a round: who posted, whom a team answers, what it got, which posts still wait."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from exchange.models import LEFT_OUT, WANTED, Answer, Assignment, Post, Round, RoundState
from exchange.permissions import Voices
from series.models import ActionPeriod, Series
from teams.models import Team

POSTING, ANSWERING, AROUND = timedelta(days=13), timedelta(days=14), timedelta(days=7)


def round_url(round_: Round) -> str:
    return reverse("exchange:round", args=[round_.series.slug, round_.number])


def post_url(post: Post) -> str:
    return reverse("exchange:post", args=[post.round.series.slug, post.round.number, post.pk])


def team_post_url(round_: Round, team: Team) -> str:
    return reverse("exchange:team-post", args=[round_.series.slug, team.slug, round_.number])


@dataclass
class Told:
    """A post with its answers and with whom it was given to."""

    post: Post
    answers: list[Answer] = field(default_factory=list)
    given: list[Team] = field(default_factory=list)

    @property
    def still_wanted(self) -> int:
        return max(0, WANTED - len(self.answers))

    @property
    def waits_for(self) -> list[Team]:
        """The teams that were given it and have not answered."""
        answered = {answer.team_id for answer in self.answers}
        return [team for team in self.given if team.pk not in answered]


@dataclass
class Ours:
    """A round from the side of one of the reader's teams."""

    team: Team
    mine: Told | None = None
    to_answer: list[tuple[Told, bool]] = field(default_factory=list)  # with whether it is answered
    may_post: bool = False


@dataclass
class Board:
    """A round as one reader sees it."""

    posts: list[Told]
    ours: list[Ours]
    not_yet: list[Team]

    @property
    def waiting(self) -> list[Told]:
        """Posts with fewer answers than every post gets; a team that left or pauses is left out."""
        here = (told for told in self.posts if told.post.team.status not in LEFT_OUT)
        return [told for told in here if told.still_wanted]

    @property
    def answer_count(self) -> int:
        return sum(len(told.answers) for told in self.posts)


def board_of(round_: Round, user: Any, voices: Voices) -> Board:
    """Everything of a round. Four queries, however many posts."""
    posts = Post.objects.visible_to(user).filter(round=round_)
    told = {post.pk: Told(post) for post in posts.select_related("team", "file").order_by("team__name")}
    for post in told.values():
        post.post.round = round_
    answers = Answer.objects.standing().filter(post__in=list(told))
    for answer in answers.select_related("team", "author", "thanks"):
        told[answer.post_id].answers.append(answer)
    for row in Assignment.objects.filter(post__in=list(told)).select_related("team"):
        told[row.post_id].given.append(row.team)
    taking_part = list(Team.objects.filter(series=round_.series_id).exclude(status__in=LEFT_OUT))
    posted = {each.post.team_id for each in told.values() if not each.post.is_withdrawn}
    return Board(
        posts=[each for each in told.values() if not each.post.is_withdrawn],
        ours=[_ours(team, told.values()) for team in voices.near],
        not_yet=sorted((t for t in taking_part if t.pk not in posted), key=lambda t: t.name.casefold()),
    )


def _ours(team: Team, told: Any) -> Ours:
    """The round from the side of `team`."""
    found = Ours(team, may_post=team.status not in LEFT_OUT)
    for each in told:
        if each.post.team_id == team.pk:
            found.mine = each
        elif not each.post.is_withdrawn and team in each.given:
            found.to_answer.append((each, any(a.team_id == team.pk for a in each.answers)))
    return found


# --- what is to be done ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Task:
    """A line on a team's home: what waits, where, and until when."""

    words: str
    url: str
    until: date


def current_rounds(series: Series, today: date) -> list[Round]:
    """The rounds of `series` in which something can be done, the newest first."""
    found = list(Round.objects.filter(series=series).current(today))  # type: ignore[attr-defined]
    for round_ in found:
        round_.series = series
    return found


def tasks_of(team: Team, today: date) -> list[Task]:
    """What an exchange asks of `team` today. One query, and two where a round is on."""
    rounds = current_rounds(team.series, today) if team.status not in LEFT_OUT else []
    if not rounds:
        return []
    mine = Post.objects.filter(team=team, round__in=rounds, withdrawn_at=None)
    posted = set(mine.values_list("round", flat=True))
    answered = Answer.objects.standing().filter(team=team).values("post")
    open_ = Assignment.objects.filter(team=team, post__round__in=rounds, post__withdrawn_at=None)
    waiting = Counter(open_.exclude(post__in=answered).values_list("post__round", flat=True))
    found = []
    for round_ in rounds:
        if round_.pk not in posted and round_.state_on(today) == RoundState.OPEN:
            words = _("Tell the other teams, in %(minutes)s minutes, how it goes") % {
                "minutes": round_.minutes
            }
            found.append(Task(words, team_post_url(round_, team), round_.closes_on))
        if count := waiting[round_.pk]:
            words = ngettext(
                "%(n)s team waits for your answer", "%(n)s teams wait for your answer", count
            ) % {"n": count}
            found.append(Task(words, f"{round_url(round_)}#ours", round_.answers_due_on))
    return found


# --- dates for a new round ---------------------------------------------------------------------------


def proposed(series: Series, today: date) -> dict[str, Any]:
    """Days for a new round around the middle of the Action Period at hand, or of the next one."""
    periods = list(series.periods.filter(ends_on__gte=today).order_by("starts_on")[:2])
    prompt = _("What moved, what is hard, and what would you like to ask?")
    found: dict[str, Any] = {"minutes": 5, "prompt": prompt}
    for period in periods:
        if days := _days_in(period, today):
            return found | days
    return found


def _days_in(period: ActionPeriod, today: date) -> dict[str, date] | None:
    """A week before its middle to a fortnight of answers; None where too little of it is left."""
    middle = period.starts_on + (period.ends_on - period.starts_on) / 2
    opens_on = max(middle - AROUND, today)
    closes_on = opens_on + POSTING
    answers_due_on = min(closes_on + ANSWERING, period.ends_on)
    if answers_due_on < closes_on + AROUND:
        return None
    return {"opens_on": opens_on, "closes_on": closes_on, "answers_due_on": answers_due_on}


def when_words(round_: Round, today: date) -> str:
    """Where a round stands, in a line: what can be done until which day."""
    state = round_.state_on(today)
    if state == RoundState.AHEAD:
        return _("Posts from %(day)s") % {"day": date_format(round_.opens_on, "MONTH_DAY_FORMAT")}
    if state == RoundState.OPEN:
        return _("Posts until %(day)s") % {"day": date_format(round_.closes_on, "MONTH_DAY_FORMAT")}
    if state == RoundState.ANSWERING:
        return _("Answers until %(day)s") % {"day": date_format(round_.answers_due_on, "MONTH_DAY_FORMAT")}
    return _("Ended on %(day)s") % {"day": date_format(round_.answers_due_on, "DATE_FORMAT")}


def counts_of(rounds: list[Round]) -> dict[int, tuple[int, int]]:
    """For each round how many posts and answers stand in it. Two queries."""
    ids = [round_.pk for round_ in rounds]
    posts = Post.objects.standing().filter(round__in=ids)  # type: ignore[attr-defined]
    posted = Counter(posts.values_list("round", flat=True))
    answered = Counter(Answer.objects.standing().filter(post__in=posts).values_list("post__round", flat=True))
    return {each: (posted[each], answered[each]) for each in ids}
