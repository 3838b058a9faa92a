"""The project: settings, root urls, Celery app, WSGI."""

from lbs.celery import app as celery_app

__all__ = ["celery_app"]
