"""Of what on the shelf one can tell the facilitators: resources."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from coaching.concern_kinds import ConcernKind, register
from library.models import Resource

register(
    ConcernKind(
        "resource",
        noun=_("resource"),
        readable=lambda user: Resource.objects.visible_to(user).select_related("team", "series"),
        title=lambda resource: resource.title,
        url=lambda resource: reverse("library:resource", args=[resource.series.slug, resource.pk]),
        in_series="series",
    )
)
