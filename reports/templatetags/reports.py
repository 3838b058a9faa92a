"""What the report builder's templates need."""

from collections.abc import Mapping
from typing import Any

from django import template

register = template.Library()


@register.filter
def at(mapping: Mapping[Any, Any], key: Any) -> Any:
    """What `mapping` holds for `key`, or None."""
    return mapping.get(key)
