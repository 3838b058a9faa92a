"""Who may do what in `exchange`."""

from tests.matrix.basics import Row

ROWS: dict[str, Row] = {}
