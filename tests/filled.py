"""Runs migrations over filled tables, there and back."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.db.migrations.executor import MigrationExecutor


def migrate_to(app: str, name: str) -> Any:
    """Bring `app` to the migration `name`, forwards or backwards; gives its models as they were then."""
    executor = MigrationExecutor(connection)
    executor.migrate([(app, name)])
    return MigrationExecutor(connection).loader.project_state([(app, name)]).apps


@contextmanager
def back_again() -> Iterator[None]:
    """Bring every room to its newest migration afterwards, whatever happened."""
    try:
        yield
    finally:
        executor = MigrationExecutor(connection)
        executor.migrate(executor.loader.graph.leaf_nodes())
