"""What every page needs to know."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def page(request: HttpRequest) -> dict[str, Any]:
    """The reader's theme, and whether this is a demo. Reads no table."""
    theme = request.COOKIES.get("theme", "")
    return {
        "theme": theme if theme in ("light", "dark") else "",
        "is_demo": settings.IS_DEMO,
        "base_url": settings.BASE_URL,
    }
