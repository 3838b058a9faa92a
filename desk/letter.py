"""What a facilitator reads on a Monday: whom to ring, what comes, one story worth reading."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import clock
from desk.standing import IN_NO_NEED, Standing, headline, standings
from progress.models import DueDate
from series.models import Series
from storymaps.models import Evidence, ReadMark, StoryEntry, Visibility

if TYPE_CHECKING:
    from accounts.models import User

AHEAD = timedelta(days=30)
LATELY = timedelta(days=14)


@dataclass(frozen=True)
class Letter:
    """One series, as it stands on a Monday."""

    series: Series
    headline: str
    to_ring: list[Standing]
    coming: list[tuple[date, str]]
    story: StoryEntry | None


def monday_letter(series: Series, user: "User", *, at: datetime) -> Letter:
    """The letter of `series` to `user`, in the language of the moment. About a dozen queries."""
    found = standings(series.teams.select_related("series"), at=at)
    today = clock.day_in(series.time_zone, at)
    return Letter(
        series=series,
        headline=headline(found),
        to_ring=[standing for standing in found if standing.word not in IN_NO_NEED],
        coming=coming_up(series, today),
        story=worth_reading(series, user, at=at),
    )


def coming_up(series: Series, today: date) -> list[tuple[date, str]]:
    """Sessions, the Summit, the ends of Action Periods and the check-ins of the next 30 days, by day."""
    last = today + AHEAD
    days = [(session.starts_on, str(session)) for session in series.sessions.all()]
    days.append((series.summit.starts_on, str(series.summit)))
    days += [(period.ends_on, _("%(period)s ends") % {"period": period}) for period in series.periods.all()]
    dues = DueDate.objects.open().filter(team__series=series, due_on__range=(today, last))
    for day, teams in Counter(dues.values_list("due_on", flat=True)).items():
        words = ngettext("%(n)s team owes a check-in", "%(n)s teams owe a check-in", teams) % {"n": teams}
        days.append((day, words))
    return sorted((day, words) for day, words in days if today <= day <= last)


def worth_reading(series: Series, user: "User", *, at: datetime) -> StoryEntry | None:
    """The newest story of two weeks that its team shared, with evidence first, and `user` has not read."""
    found = (
        StoryEntry.objects.visible_to(user)
        .filter(team__series=series, is_intended=False, logged_at__range=(at - LATELY, at))
        .exclude(visibility=Visibility.TEAM)
        .exclude(author=user)
        .exclude(Exists(ReadMark.objects.filter(person=user, entry=OuterRef("pk"))))
        .annotate(has_evidence=Exists(Evidence.objects.filter(entry=OuterRef("pk"))))
        .select_related("team__series")
    )
    return found.order_by("-has_evidence", "-logged_at", "-pk").first()
