"""Resources on the shelf, as the search finds them. What was withdrawn is not found."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.text import plain
from library.models import Resource
from search.models import Level
from search.registry import Kind, Words, register


def words_of_resource(resource: Resource) -> Words:
    text = "\n".join(filter(None, [plain(resource.why), plain(resource.text), resource.host]))
    return Words(
        resource.title,
        text,
        resource.series_id,
        None,
        Level.SERIES,
        resource.shared_at.date(),
        resource.language,
    )


register(
    Kind(
        "resource",
        label=_("Resources"),
        noun=_("resource"),
        rows=Resource.objects.standing,
        words=words_of_resource,
        url=lambda row: reverse("library:resource", args=[row.series.slug, row.object_id]),
        readable=lambda user: Resource.objects.visible_to(user).standing(),
    )
)
