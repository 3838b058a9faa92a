"""Text that waits in the database and that nobody else should read there: sign-in mail."""

import base64
import json
from hashlib import sha256
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings


def _box() -> Fernet:
    return Fernet(
        base64.urlsafe_b64encode(sha256(b"accounts.sealed" + settings.SECRET_KEY.encode()).digest())
    )


def seal(value: dict[str, str]) -> str:
    """Encrypt `value` with the installation's secret key."""
    return _box().encrypt(json.dumps(value).encode()).decode()


def unseal(sealed: str) -> dict[str, Any] | None:
    """What was sealed; None if it was wiped, changed, or sealed under another key."""
    try:
        found: dict[str, Any] = json.loads(_box().decrypt(sealed.encode()))
    except InvalidToken:
        return None
    return found
