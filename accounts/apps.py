from typing import Any

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in

from core import clock


class AccountsConfig(AppConfig):
    """People, sign-in, files, drafts, the event log, roles and permissions."""

    name = "accounts"

    def ready(self) -> None:
        user_logged_in.connect(begin_session, dispatch_uid="accounts.begin_session")


def begin_session(sender: Any, request: Any, user: Any, **kwargs: Any) -> None:
    """Note when a session began and under which epoch, so that it can end in time."""
    now = clock.now().isoformat()
    request.session.update({"began_at": now, "seen_at": now, "epoch": user.auth_epoch})
