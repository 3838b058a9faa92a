"""A registry: what stands in the margin of a page. Rooms to the left show it, the stories' room fills it."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest

from teams.models import Team

# One function (request, what the page shows, team) -> the `margin` of components/margin.html.
margins: list[Callable[[HttpRequest, Any, Team], dict[str, Any]]] = []


def margin(request: HttpRequest, thing: Any, team: Team) -> dict[str, Any]:
    """`{"margin": …}` for the context of a page of `thing` in `team`; empty where no room fills it."""
    return {"margin": margins[0](request, thing, team)} if margins else {}
