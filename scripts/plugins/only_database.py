"""A pytest plugin: keep only the tests that touch the database, for their second run on PostgreSQL."""

import pytest

FIXTURES = {"db", "transactional_db", "django_db_reset_sequences", "django_db_serialized_rollback"}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Drop the items that neither carry the mark django_db nor use one of its fixtures."""
    kept, dropped = [], []
    for item in items:
        touches = bool(FIXTURES & set(getattr(item, "fixturenames", ())))
        marked = any(item.get_closest_marker(name) for name in ("django_db", "postgres", "browser"))
        (kept if touches or marked else dropped).append(item)
    if dropped:
        config.hook.pytest_deselected(items=dropped)
        items[:] = kept
