"""The door of a demonstration."""

from django import template
from django.conf import settings

from accounts import demo

register = template.Library()


@register.simple_tag
def demo_people() -> list[dict[str, str]]:
    """Whom one can be with one click; nobody outside a demonstration."""
    return demo.people() if settings.IS_DEMO else []
