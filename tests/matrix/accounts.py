"""Who may do what in `accounts`."""

from typing import Any

from django.core.signing import TimestampSigner

from tests.matrix.basics import (
    ADMINISTRATOR,
    IN_FULL,
    MINE,
    MINE_BOTH,
    MINE_POST,
    NOBODY,
    PERSON,
    PUBLIC_BOTH,
    PUBLIC_GET,
    PUBLIC_POST,
    Row,
)


def first_token(world: Any) -> dict[str, Any]:
    return {"token": TimestampSigner(salt="accounts.first").sign("first")}


ROWS: dict[str, Row] = {
    # accounts
    "set_language": PUBLIC_POST,
    "accounts:theme": PUBLIC_POST,
    "accounts:settings": MINE_BOTH,
    "accounts:again": MINE,
    "accounts:my-phone": MINE_POST,
    "accounts:end-sessions": MINE_POST,
    "accounts:first-person": Row(
        see=PERSON - ADMINISTRATOR,
        read=PERSON - ADMINISTRATOR,
        write=PERSON - ADMINISTRATOR,
        kwargs=first_token,
        is_public=True,
        why="dead as soon as there is an administrator",
    ),
    "accounts:demo-sign-in": Row(see=NOBODY, write=NOBODY, is_public=True, why="404 outside demo mode"),
    "accounts:demo-mails": Row(see=NOBODY, read=NOBODY, is_public=True, why="404 outside demo mode"),
    "accounts:demo-mail": Row(
        see=NOBODY,
        read=NOBODY,
        is_public=True,
        kwargs=lambda w: {"name": "20260101-000000-000000-0"},
        why="404 outside demo mode",
    ),
    # files and drafts
    "accounts:draft": Row(
        see=PERSON, read=PERSON, write=PERSON, kwargs=lambda w: {"form": "log", "target": "team:1"}
    ),
    "accounts:upload-new": MINE_POST,
    "accounts:upload": Row(
        see=NOBODY, read=NOBODY, kwargs=lambda w: {"key": w.upload.key}, why="only who sends it finds it"
    ),
    "accounts:file": Row(see=IN_FULL, read=IN_FULL, kwargs=lambda w: {"key": w.file.key}),
    "accounts:file-preview": Row(see=IN_FULL, read=IN_FULL, kwargs=lambda w: {"key": w.file.key}),
    # allauth
    "account_login": PUBLIC_BOTH,
    "account_logout": PUBLIC_BOTH,
    "account_signup": PUBLIC_BOTH,
    "account_request_login_code": PUBLIC_BOTH,
    "account_confirm_login_code": PUBLIC_BOTH,
    "account_reset_password": PUBLIC_BOTH,
    "account_confirm_password_reset_code": PUBLIC_BOTH,
    "account_complete_password_reset": PUBLIC_BOTH,
    "account_password_reset_completed": PUBLIC_GET,
    "account_email_verification_sent": PUBLIC_BOTH,
    "account_inactive": PUBLIC_GET,
    "account_change_password": MINE_BOTH,
    "account_set_password": MINE_BOTH,
    "account_email": MINE_BOTH,
    "account_reauthenticate": Row(
        see=PERSON,
        read=PERSON,
        write=PERSON,
        statuses=(403,),
        why="403 to who has no password: they sign in anew",
    ),
}
