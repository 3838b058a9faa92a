"""Who may do what in `search`."""

from tests.matrix.basics import MINE, Row

ROWS: dict[str, Row] = {"search:search": MINE}
