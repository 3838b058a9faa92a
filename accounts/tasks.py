"""What accounts owes: mail of sign-in, files made safe; and what it clears away."""

from datetime import datetime, timedelta

from accounts import drafts, files, uploads
from accounts.adapter import opened
from accounts.kinds import REASONS
from accounts.models import File, FileState
from accounts.sealed import unseal
from jobs.drain import JobFailed
from jobs.models import Job
from jobs.registry import Lane, Outcome, handles, sweeps


@handles("accounts.send_mail", lane=Lane.NOW, time_limit=timedelta(seconds=30))
def send_mail(sealed: str, effect: str, *, at: datetime) -> Outcome:
    """Send a mail of sign-in; its text is wiped with the job's end."""
    found = unseal(sealed)
    if found is None:
        return Outcome.skipped("the text can no longer be read")
    opened(found, message_id=f"account.{effect}@lbs").send()
    return Outcome.done(wipe=True)


@handles("accounts.prepare_file", lane=Lane.SLOW, time_limit=timedelta(seconds=60), max_attempts=4)
def prepare_file(file_id: int, job: Job, *, at: datetime) -> Outcome:
    """Make a file safe to show. A file whose making is stopped each time is refused."""
    file = File.objects.filter(pk=file_id, state=FileState.RECEIVED).first()
    if file is None:
        return Outcome.skipped("it is ready, refused or deleted")
    try:
        fields = files.prepare(file)
    except files.ChildStopped as error:
        if job.attempts < job.max_attempts:
            raise JobFailed(f"stopped: {error}") from error
        fields = {"state": FileState.REFUSED, "reason": REASONS["broken"], "size": 0}
    return Outcome.done(then=lambda: files.conclude(file_id, fields))


@sweeps("accounts.clear_away", every=timedelta(hours=6))
def clear_away(since: datetime, until: datetime, at: datetime) -> None:
    """Forget old drafts, uploads that never ended, files that nothing points to, and what is on no row."""
    drafts.forget_old(at=at)
    uploads.forget_old(at=at)
    files.forget_unused(at=at)
    files.remove_orphans(at=at)
