"""What runs on its own: making the PDF of an edition, and the public face of a series."""

import hashlib
import logging
import os
import tempfile
import uuid
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext_noop

from accounts.models import User
from jobs.drain import JobFailed
from jobs.models import Job
from jobs.registry import Lane, Outcome, handles
from jobs.services import progress
from reports import services
from reports.editions import as_it_stands
from reports.models import Edition, EditionState
from reports.pdf import RenderFailed, render_pdf
from series.models import Series

logger = logging.getLogger(__name__)

FOLDER = "editions"
MEMORY_MB = 2500
SECONDS = 300
STAGES = ("preparing", "setting", "packing", "keeping")
NO_RIGHT = gettext_noop("Who asked for it may no longer build this report.")
NOTHING_PUBLISHED = gettext_noop("Nothing of this series is published.")
IS_MADE = gettext_noop("It is made already.")


@handles(
    "reports.make_pdf",
    lane=Lane.SLOW,
    time_limit=timedelta(minutes=10),
    lease=timedelta(minutes=2),
    max_attempts=3,
)
def make_pdf(edition_id: int, by_id: int | None, *, job: Job, at: datetime) -> Outcome:
    """Make the PDF of an edition without what is withdrawn by now; `by_id` is who asked for it.

    Run twice it finds its own file. Killed in the middle it leaves a temporary file, and is run again.
    """
    edition = Edition.objects.select_related("series").get(pk=edition_id)
    if edition.state == EditionState.READY:
        return Outcome.skipped(IS_MADE)
    if by_id is not None and not services.may_still_build(User.objects.filter(pk=by_id).first(), edition):
        return Outcome("skipped", reason=NO_RIGHT, then=lambda: services.give_up(edition_id))
    left_out = set(edition.withdrawn_ids)

    def tell(stage: str) -> None:
        progress(job, STAGES.index(stage) if stage in STAGES else 0, len(STAGES))

    try:
        content = render_pdf(
            as_it_stands(edition),
            at=edition.frozen_at,
            memory_mb=MEMORY_MB,
            seconds=SECONDS,
            on_progress=tell,
        )
    except RenderFailed as failure:
        logger.warning("edition %s could not be set: %s", edition_id, failure.where)
        raise JobFailed(str(failure)) from failure
    tell("keeping")
    name = keep(content)
    return Outcome.done(then=lambda: services.keep_pdf(edition_id, name, left_out=left_out, at=at))


def keep(content: bytes) -> str:
    """Put `content` under its hash into the media folder, whole or not at all; return its name there."""
    folder = settings.MEDIA_ROOT / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{hashlib.sha256(content).hexdigest()}.pdf"
    with tempfile.NamedTemporaryFile(dir=folder, prefix=".part-", delete=False) as file:
        part = Path(file.name)
        try:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
            part.rename(folder / name)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)  # the rename too outlives a power cut
    finally:
        os.close(descriptor)
    return f"{FOLDER}/{name}"


@handles("reports.make_front_page", lane=Lane.NOW, time_limit=timedelta(seconds=30))
def make_front_page(series_id: int, by_id: int | None, *, job: Job, at: datetime) -> Outcome:
    """Freeze the public face of a series anew. Run twice, it finds the edition of the first time."""
    series = Series.objects.get(pk=series_id)
    by = User.objects.filter(pk=by_id or series.created_by_id).get()
    mark = uuid.uuid5(uuid.NAMESPACE_URL, job.key)
    made = services.make_front_page(series, submission_id=mark, by=by, at=at)
    return Outcome.done() if made else Outcome.skipped(NOTHING_PUBLISHED)
