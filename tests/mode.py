"""Loaded by pytest before the settings are read: the tests run in their own mode."""

import os

os.environ.setdefault("LBS_MODE", "test")
