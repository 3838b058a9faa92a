"""Is everything alive? One list of probes for the command, the readiness address and the banner."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from core import clock
from jobs.models import Job, State
from jobs.services import TICK_LATE, tick_age


@dataclass(frozen=True)
class Probe:
    """What one look found: its name, whether all is well, what was seen, and how to mend it."""

    name: str
    is_ok: bool
    seen: str
    mending: str = ""


def database(at: datetime) -> Probe:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Exception as error:  # noqa: BLE001 - whatever is wrong with the database is what we report
        return Probe(
            "database",
            False,
            type(error).__name__,
            "Is the server up, and is DATABASE_URL right? Then start again.",
        )
    return Probe("database", True, connection.vendor)


def migrations(at: datetime) -> Probe:
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if waiting:
        return Probe("migrations", False, f"{len(waiting)} not applied", "Run: python manage.py migrate")
    return Probe("migrations", True, "all applied")


def tick(at: datetime) -> Probe:
    """The dead man's switch: has a worker looked at every lane lately?"""
    age = tick_age(at)
    mending = "Start a worker with beat: celery -A lbs worker -B (Procfile), or the services worker and beat."
    if age is None:
        return Probe("tick", False, "no worker has ever looked", mending)
    seconds = int(age.total_seconds())
    return Probe("tick", age <= TICK_LATE, f"{seconds} s ago", "" if age <= TICK_LATE else mending)


def failed_jobs(at: datetime) -> Probe:
    count = Job.objects.filter(state=State.FAILED).count()
    return Probe("jobs", count == 0, f"{count} failed", "See /me/jobs/ and try them again." if count else "")


def disk(at: datetime) -> Probe:
    """Whether the media store can be written."""
    path = settings.MEDIA_ROOT / ".doctor"
    try:
        settings.MEDIA_ROOT.mkdir(parents=True, exist_ok=True)
        path.write_text(at.isoformat())
        path.unlink()
    except OSError as error:
        return Probe(
            "files", False, error.strerror or "not writable", "Let the web user write to MEDIA_ROOT."
        )
    return Probe("files", True, "writable")


def test_mail(to: str) -> Probe:
    """Send a mail for real, now, and say what the server answered."""
    try:
        EmailMessage("A test mail from your platform", "If you read this, mail works.\n", to=[to]).send()
    except Exception as error:  # noqa: BLE001 - the answer of the mail server, whatever it is
        return Probe(
            "mail",
            False,
            f"{type(error).__name__}: {error}"[:200],
            "Check MAIL_URL: user, password, host, port.",
        )
    return Probe("mail", True, f"handed over for {to}")


PROBES: dict[str, Callable[[datetime], Probe]] = {
    "database": database,
    "migrations": migrations,
    "tick": tick,
    "jobs": failed_jobs,
    "files": disk,
}
READY = ("database", "migrations", "tick")


def look(names: tuple[str, ...] | None = None, *, at: datetime | None = None) -> list[Probe]:
    """Run the probes `names` (all, if not given). After a dead database nothing else is asked."""
    at = at or clock.now()
    found: list[Probe] = []
    for name in names or tuple(PROBES):
        found.append(PROBES[name](at))
        if name == "database" and not found[-1].is_ok:
            break
    return found


def is_tick_late(at: datetime, *, grace: timedelta = TICK_LATE) -> bool:
    """True where nobody has done what is owed for longer than `grace`."""
    age = tick_age(at)
    return age is None or age > grace
