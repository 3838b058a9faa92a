"""Of what teams show one can tell the facilitators: connections."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from coaching.concern_kinds import ConcernKind, register
from commons.models import Connection

register(
    ConcernKind(
        "connection",
        noun=_("connection"),
        readable=lambda user: Connection.objects.visible_to(user).select_related("team__series"),
        title=lambda connection: connection.headline,
        url=lambda connection: reverse(
            "commons:connection", args=[connection.team.series.slug, connection.team.slug, connection.pk]
        ),
    )
)
