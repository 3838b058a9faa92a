"""What rooms to the left share in a series, each kind with what the feed shows of it."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from coaching.models import HelpCall
from commons.connections import connection_url
from commons.feed import Kind, register
from commons.models import Connection, shared_outcomes
from commons.reactions import on_things
from core import clock
from exchange.models import Post
from library.models import Resource, shared_entries
from library.reading import resources_in
from progress.models import HelpFrom
from series.models import Series
from storymaps.models import Finding, OutcomeStatement, StoryEntry, Visibility
from storymaps.sources import source_words


def story_card(entry: StoryEntry) -> dict[str, Any]:
    """What components/entry.html shows of a story to other teams: by its team, not by a person."""
    team = entry.team
    return {
        "title": entry.headline,
        "url": reverse("storymaps:entry", args=[team.series.slug, team.slug, entry.pk]),
        "strand": entry.strand,
        "evidence_level": min(len(entry.evidence.all()), 2),
        "evidence_words": source_words(entry.evidence.all()),
        "drivers": list(entry.drivers.all()),
        "lang": entry.language,
        "on": clock.day_in(team.time_zone, entry.logged_at),
        "by": team.name,
        "is_intended": entry.is_intended,
    }


def _stories(user: Any, series: Series) -> QuerySet[StoryEntry]:
    found = shared_entries(user).filter(team__series=series).select_related("team__series")
    return found.prefetch_related("drivers", "evidence__file")


def _show_stories(rows: Sequence[StoryEntry], user: Any) -> list[dict[str, Any]]:
    reactions = on_things(rows, user)
    return [{"entry": story_card(row), "reactions": reactions["story", row.pk]} for row in rows]


def _outcomes(user: Any, series: Series) -> QuerySet[OutcomeStatement]:
    return shared_outcomes(user).filter(team__series=series).select_related("team__series")


def _show_outcomes(rows: Sequence[OutcomeStatement], user: Any) -> list[dict[str, Any]]:
    reactions = on_things(rows, user)
    return [
        {
            "outcome": row,
            "url": reverse("storymaps:outcome", args=[row.team.series.slug, row.team.slug, row.pk]),
            "reactions": reactions["outcome", row.pk],
        }
        for row in rows
    ]


def _show_resources(rows: Sequence[Resource], user: Any) -> list[dict[str, Any]]:
    reactions = on_things(rows, user)
    return [{"resource": row, "reactions": reactions["resource", row.pk]} for row in rows]


def _calls(user: Any, series: Series) -> QuerySet[HelpCall]:
    found = HelpCall.objects.visible_to(user).filter(team__series=series, asked_of=HelpFrom.PEERS)
    return found.select_related("team__series", "driver").annotate(
        answer_count=Count("answers", filter=Q(answers__removed_at=None))
    )


def _connections(user: Any, series: Series) -> QuerySet[Connection]:
    found = Connection.objects.visible_to(user).filter(team__series=series, visibility=Visibility.SERIES)
    return found.select_related("team__series")


def _findings(user: Any, series: Series) -> QuerySet[Finding]:
    found = Finding.objects.visible_to(user).standing().filter(team__series=series)
    return found.select_related("team__series")


def _show_findings(rows: Sequence[Finding], user: Any) -> list[dict[str, Any]]:
    return [
        {
            "finding": row,
            "url": reverse("storymaps:finding", args=[row.team.series.slug, row.team.slug, row.pk]),
        }
        for row in rows
    ]


def _posts(user: Any, series: Series) -> QuerySet[Post]:
    found = Post.objects.visible_to(user).taking_part().filter(round__series=series)
    return found.select_related("team", "round__series").annotate(
        answer_count=Count("answers", filter=Q(answers__withdrawn_at=None))
    )


def _show_posts(rows: Sequence[Post], user: Any) -> list[dict[str, Any]]:
    return [
        {"post": row, "url": reverse("exchange:post", args=[row.round.series.slug, row.round.number, row.pk])}
        for row in rows
    ]


register(Kind("story", _("Stories"), _stories, "logged_at", _show_stories, "commons/feed_story.html"))
register(Kind("outcome", _("Outcomes"), _outcomes, "logged_at", _show_outcomes, "commons/feed_outcome.html"))
register(
    Kind(
        "resource",
        _("Resources"),
        resources_in,
        "shared_at",
        _show_resources,
        "commons/feed_resource.html",
    )
)
register(
    Kind(
        "help",
        _("Questions to all teams"),
        _calls,
        "asked_at",
        lambda rows, user: [{"call": row} for row in rows],
        "commons/feed_help.html",
    )
)
register(
    Kind(
        "connection",
        _("Connections"),
        _connections,
        "logged_at",
        lambda rows, user: [{"connection": row, "url": connection_url(row)} for row in rows],
        "commons/feed_connection.html",
    )
)
register(Kind("finding", _("Findings"), _findings, "written_at", _show_findings, "commons/feed_finding.html"))
register(Kind("post", _("Exchange posts"), _posts, "posted_at", _show_posts, "commons/feed_post.html"))
