"""Exchange rounds of the sample series: what teams told each other, who answered whom, and the thanks."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import cycle
from typing import Any

from accounts.models import User
from desk.samples import read, rows
from desk.samples.living import Living
from desk.samples.pilot import Pilot
from desk.samples.rows import known_id
from exchange.models import Answer, Assignment, Post, Round, Thanks
from series.models import ActionPeriod, Series
from teams.models import Team

PROMPT = "What moved, what is hard, and what would you like to ask?"
ALL = 99


def load_living_rounds(living: Living, *, at: datetime) -> None:
    """One round of the first period, all answered; one of this period, amid its answers."""
    first, second = living.periods[0], living.periods[1]
    middle = first.starts_on + (first.ends_on - first.starts_on) / 2
    codes = sorted(living.teams)
    days = (middle - timedelta(days=7), middle + timedelta(days=6), middle + timedelta(days=20))
    make_round(living, living.people["ines"], 1, first, days, "earlier", shifts(codes, 1, 2))
    days = (living.on - timedelta(days=19), living.on - timedelta(days=6), living.on + timedelta(days=8))
    # one team is still to come
    pairs = shifts([code for code in codes if code != "OR"], 3, 4)
    # what has come so far; the others are still waited for
    answered = [pair for number, pair in enumerate(pairs) if number not in (1, 3, 6, 9)]
    make_round(living, living.people["ines"], 2, second, days, "told", pairs, answered=answered, thanked=3)


def load_pilot_round(pilot: Pilot) -> None:
    """The round of April 2014: seven posts, one of them in words for want of a line, and fourteen answers."""
    days = (date(2014, 4, 7), date(2014, 4, 18), date(2014, 5, 2))
    codes = [code for code in sorted(read("rounds")["told"]) if code in pilot.teams]
    make_round(pilot, pilot.people["ines"], 1, pilot.periods[0], days, "told", shifts(codes, 1, 2))


def shifts(codes: list[str], *by: int) -> list[tuple[str, str]]:
    """Who answers whom, where each answers those that stand `by` places further."""
    return [(code, codes[(place + step) % len(codes)]) for step in by for place, code in enumerate(codes)]


def make_round(
    of: Living | Pilot,
    opener: User,
    number: int,
    period: ActionPeriod,
    days: tuple[date, date, date],
    told: str,
    pairs: list[tuple[str, str]],
    *,
    answered: list[tuple[str, str]] | None = None,
    thanked: int = ALL,
) -> Round:
    """A round with its posts, who was given whom, what was answered, and thanks for the first `thanked`.

    `told` names the words of the posts and answers in the data file.
    """
    series: Series = of.series
    opens_on, closes_on, due_on = days
    name, known = (series.slug, "round", number), read("rounds")
    dealt_at = rows.moment(closes_on + timedelta(days=1), series.time_zone, 0, 10)
    round_ = Round.objects.create(
        series=series,
        period=period,
        number=number,
        opens_on=opens_on,
        closes_on=closes_on,
        answers_due_on=due_on,
        prompt=PROMPT,
        dealt_at=dealt_at,
        created_by=opener,
        created_at=rows.moment(opens_on - timedelta(days=9), series.time_zone, 10),
        submission_id=known_id(*name),
        is_sample=True,
    )
    posts = {
        code: Post(
            round=round_,
            team=of.teams[code],
            text=text,
            language=language,
            posted_by=lead_of(of, code),
            posted_at=rows.moment(
                closes_on - timedelta(days=place % 5), of.teams[code].time_zone, 18, place * 7
            ),
            submission_id=known_id(*name, code),
            is_sample=True,
        )
        for place, (code, (language, text)) in enumerate(known[told].items())
        if code in {code for code, _to in pairs}
    }
    Post.objects.bulk_create(posts.values())
    Assignment.objects.bulk_create(
        Assignment(team=of.teams[code], post=posts[to], dealt_at=dealt_at, is_sample=True)
        for code, to in pairs
    )
    boxes = {code: cycle(found) for code, found in known[f"answers_{told}"].items()}
    answers = [
        _answer(of, name, code, posts[to], next(boxes[to]), closes_on + timedelta(days=2 + place % 4))
        for place, (code, to) in enumerate(pairs if answered is None else answered)
    ]
    Answer.objects.bulk_create(answers)
    Thanks.objects.bulk_create(
        Thanks(
            answer=answer,
            by=answer.post.posted_by,
            at=answer.written_at + timedelta(hours=20),
            is_sample=True,
        )
        for answer in answers[:thanked]
    )
    return round_


def lead_of(of: Living | Pilot, code: str) -> User:
    return of.leads[code] if isinstance(of, Living) else of.person(code, "lead")


def _answer(
    of: Living | Pilot, name: tuple[Any, ...], code: str, post: Post, boxes: Sequence[str], on: date
) -> Answer:
    team: Team = of.teams[code]
    return Answer(
        post=post,
        team=team,
        resonates=boxes[0],
        wonders=boxes[1],
        offers=boxes[2],
        language=post.language,
        author=lead_of(of, code),
        written_at=rows.moment(on, team.time_zone, 19),
        submission_id=known_id(*name, code, "to", post.team.code),
        is_sample=True,
    )
