"""What keeps the index right where no act told of a change."""

from datetime import datetime

from jobs.registry import sweeps
from search import services


@sweeps("search.mend", every=services.SLOT)
def mend(since: datetime, until: datetime, at: datetime) -> None:
    """Index what is missing, drop what is gone, and look at the rows whose turn it is."""
    services.mend(since=since, until=until)
