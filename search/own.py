"""What can be found of the rooms to the left: teams, and the guiding question of a series."""

from django.db.models import Max, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.text import plain
from search.models import Level, SearchRow
from search.registry import Kind, Words, register
from series.models import GuidingQuestion, Series
from teams.models import Team


def words_of_team(team: Team) -> Words:
    text = "\n".join(filter(None, [team.place, team.focus_area, plain(team.aim)]))
    return Words(team.name, text, team.series_id, team.pk, Level.SERIES, team.joined_on)


def words_of_question(question: GuidingQuestion) -> Words:
    """Under the name of its series, with what the series says of itself."""
    series = question.series
    text = "\n".join(filter(None, [plain(question.text), plain(series.summary)]))
    day = question.agreed_on or series.opens_on
    return Words(series.name, text, series.pk, None, Level.SERIES, day, question.language)


def newest_questions() -> QuerySet[GuidingQuestion]:
    """The question in force of every series: its earlier wordings are not found."""
    newest = GuidingQuestion.objects.order_by().values("series").annotate(newest=Max("pk")).values("newest")
    return GuidingQuestion.objects.filter(pk__in=newest).select_related("series")


def team_url(row: SearchRow) -> str:
    return reverse("desk:team-home", args=[row.series.slug, row.team.slug]) if row.team else ""


register(
    Kind(
        "team",
        label=_("Teams"),
        noun=_("team"),
        rows=Team.objects.all,
        words=words_of_team,
        url=team_url,
        readable=Team.objects.visible_to,
    )
)
register(
    Kind(
        "question",
        label=_("Guiding questions"),
        noun=_("guiding question"),
        rows=newest_questions,
        words=words_of_question,
        url=lambda row: reverse("desk:series-home", args=[row.series.slug]),
        readable=lambda user: GuidingQuestion.objects.filter(series__in=Series.objects.visible_to(user)),
        touched_by={Series: lambda series: Q(series=series)},
    )
)
