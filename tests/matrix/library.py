"""Who may do what in `library`."""

from tests.matrix.basics import Row

ROWS: dict[str, Row] = {}
