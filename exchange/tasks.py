"""Dealing on its own: when the days of posting are over, and when a team came or went since."""

from datetime import datetime, timedelta

from exchange import services
from exchange.models import Round
from jobs.registry import Lane, Outcome, handles, sweeps
from jobs.services import owe

LOOK_BACK = timedelta(days=60)  # a round that closed longer ago than this is dealt by hand


@sweeps("exchange.close_rounds", every=timedelta(minutes=10))
def close_rounds(since: datetime, until: datetime, at: datetime) -> None:
    """Owe the dealings that are due: one a round and hour at the most."""
    earliest, latest = min(since, at - LOOK_BACK).date(), at.date() + timedelta(days=1)
    found = Round.objects.filter(closes_on__range=(earliest, latest)).select_related("series")
    for round_ in found.order_by("pk"):
        if services.is_to_be_dealt(round_, at=at):
            owe(
                "exchange.deal",
                key=f"exchange:deal:{round_.pk}:{at:%Y-%m-%dT%H}",
                payload={"round_id": round_.pk},
                scope=f"series:{round_.series_id}",
            )


@handles("exchange.deal", lane=Lane.SLOW, time_limit=timedelta(seconds=60))
def deal(round_id: int, *, at: datetime) -> Outcome:
    """Deal a round, or what is missing in it."""
    round_ = Round.objects.select_related("series__summit").filter(pk=round_id).first()
    if round_ is None:
        return Outcome.skipped("the round was called off")
    if not services.is_to_be_dealt(round_, at=at):
        return Outcome.skipped("nothing is to be dealt")
    services.deal_round(round_, by=None, at=at)
    return Outcome.done()
