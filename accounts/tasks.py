"""What accounts owes: mail of sign-in."""

from datetime import datetime, timedelta

from accounts.adapter import opened
from accounts.sealed import unseal
from jobs.registry import Lane, Outcome, handles


@handles("accounts.send_mail", lane=Lane.NOW, time_limit=timedelta(seconds=30))
def send_mail(sealed: str, effect: str, *, at: datetime) -> Outcome:
    """Send a mail of sign-in; its text is wiped with the job's end."""
    found = unseal(sealed)
    if found is None:
        return Outcome.skipped("the text can no longer be read")
    opened(found, message_id=f"account.{effect}@lbs").send()
    return Outcome.done(wipe=True)
