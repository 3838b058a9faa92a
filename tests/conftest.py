"""What every test may use."""

import os
from collections.abc import Iterator
from pathlib import Path

os.environ.setdefault("LBS_MODE", "test")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lbs.settings")

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client


@pytest.fixture(scope="session", autouse=True)
def _static_root() -> None:
    """Whitenoise warns of a folder that is not there; nothing is collected for these tests."""
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)


@pytest.fixture(autouse=True)
def _own_folders(tmp_path: Path) -> Iterator[None]:
    """Each test keeps its files to itself."""
    before = settings.MEDIA_ROOT, settings.MAIL_DIR
    settings.MEDIA_ROOT, settings.MAIL_DIR = tmp_path / "media", tmp_path / "mail"
    yield
    settings.MEDIA_ROOT, settings.MAIL_DIR = before


@pytest.fixture
def clean_cache(db: None) -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def signed_in():
    """A function that gives a browser in which `user` is signed in."""

    def sign_in(user) -> Client:
        client = Client()
        client.force_login(user, backend="accounts.backends.AccountBackend")
        return client

    return sign_in
