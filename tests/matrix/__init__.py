"""The table of role × route × method, on real objects. A route without a row fails tests/test_matrix.py.

A row says who may SEE the object of the route at all (everybody else: the same 404 as for nothing), who
may READ the page (those who only see: 403), and who may WRITE (the others who see: 403). Nobody signed
in is sent to sign in, except on public routes. Each room has a module with its ROWS; where a room's routes
need an object that `world.py` does not make, its module has a function `add(world)` that makes it.
"""

from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType, SimpleNamespace

from tests.matrix.basics import ROLES, Row
from tests.matrix.world import make_world as make_basic_world

__all__ = ["ROLES", "ROWS", "Row", "make_world"]

ROOMS: list[ModuleType] = [
    import_module(f"{__name__}.{found.name}")
    for found in iter_modules(__path__)
    if found.name not in {"basics", "world"}
]
ROWS: dict[str, Row] = {name: row for room in ROOMS for name, row in room.ROWS.items()}


def make_world() -> SimpleNamespace:
    """Make one of each thing, what the rooms add included."""
    world = make_basic_world()
    for room in ROOMS:
        if add := getattr(room, "add", None):
            add(world)
    return world
