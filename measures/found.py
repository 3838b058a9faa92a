"""Measures, as the search finds them: what is counted, and why."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.text import plain
from measures.models import Audience, Measure
from search.models import Level, SearchRow
from search.registry import Kind, Words, register


def words_of_measure(measure: Measure) -> Words:
    said = [
        plain(measure.definition),
        measure.numerator_label,
        measure.denominator_label,
        measure.source,
        measure.keepers,
    ]
    is_alone = measure.team_id is not None and measure.visibility == Audience.TEAM
    level = Level.TEAM if is_alone else Level.SERIES
    text = "\n".join(filter(None, said))
    return Words(measure.name, text, measure.series_id, measure.team_id, level, measure.defined_at.date())


def measure_url(row: SearchRow) -> str:
    if row.team is None:
        return reverse("measures:series", args=[row.series.slug])
    return reverse("measures:measure", args=[row.series.slug, row.team.slug, row.object_id])


register(
    Kind(
        "measure",
        label=_("Measures"),
        noun=_("measure"),
        rows=Measure.objects.all,
        words=words_of_measure,
        url=measure_url,
        readable=Measure.objects.visible_to,
    )
)
