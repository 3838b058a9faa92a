"""Who may do what in `search`."""

from tests.matrix.basics import Row

ROWS: dict[str, Row] = {}
