"""Where the cache table lives."""

from typing import Any

from django.conf import settings


class CacheRouter:
    """Sends Django's database cache to its own database where there is one, and nothing else."""

    def db_for_read(self, model: type[Any], **hints: Any) -> str | None:
        return settings.CACHE_DATABASE if model._meta.app_label == "django_cache" else None

    db_for_write = db_for_read

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool | None:
        if app_label == "django_cache":
            return db == settings.CACHE_DATABASE
        return None if db == "default" else False
