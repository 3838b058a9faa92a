"""Who may do what in `commons`."""

from tests.matrix.basics import Row

ROWS: dict[str, Row] = {}
