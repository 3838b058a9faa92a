"""What a page says of the person who reads it."""

from typing import Any

from django import template

from accounts import people

register = template.Library()


@register.simple_tag
def device_key(user: Any) -> str:
    """The name under which a device keeps what this person has not sent yet; it tells nothing of them."""
    return people.device_key(user)
