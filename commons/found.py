"""Connections, as the search finds them."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from commons.models import Connection
from core.text import plain
from search.models import Level
from search.registry import Kind, Words, register
from storymaps.models import Visibility


def words_of_connection(connection: Connection) -> Words:
    return Words(
        connection.headline,
        "\n".join(filter(None, [plain(connection.exchanged), plain(connection.result)])),
        connection.team.series_id,
        connection.team_id,
        Level.TEAM if connection.visibility == Visibility.TEAM else Level.SERIES,
        connection.on,
        connection.language,
    )


register(
    Kind(
        "connection",
        label=_("Connections"),
        noun=_("connection"),
        rows=lambda: Connection.objects.select_related("team"),
        words=words_of_connection,
        url=lambda row: reverse(
            "commons:connection", args=[row.series.slug, row.team.slug if row.team else "", row.object_id]
        ),
        readable=Connection.objects.visible_to,
    )
)
