"""The real settings with one room more, which only the kill test has."""

from lbs.settings import *  # noqa: F403
from lbs.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.jobs.probe_app"]
