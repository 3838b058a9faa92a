"""Signing in."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend


class AccountBackend(AuthenticationBackend):
    """allauth's, with no model permissions: what a person may do is asked of accounts.permissions."""

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        return False
