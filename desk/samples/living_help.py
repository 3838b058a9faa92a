"""Calls for help in the sample series: one that came with a check-in, one to all teams, one for an expert."""

from datetime import datetime, timedelta

from coaching.models import HelpAnswer, HelpCall
from desk.samples.living import Living
from desk.samples.rows import known_id
from progress.models import CheckIn, HelpFrom


def load_help(living: Living, *, at: datetime) -> None:
    """What a check-in asks stays open; what teams and an expert answered is settled."""
    HelpCall.objects.bulk_create(
        HelpCall(
            team=check_in.due.team,
            asked_of=check_in.help_from,
            text=check_in.hindered,
            check_in=check_in,
            asked_by=check_in.filed_by,
            asked_at=check_in.filed_at,
            submission_id=known_id("living", "help", check_in.submission_id),
            is_sample=True,
        )
        for check_in in CheckIn.objects.filter(due__team__series=living.series)
        .exclude(help_from="")
        .select_related("due__team", "filed_by")
    )
    people = living.people
    peers = HelpCall.objects.create(
        team=living.teams["JXN"],
        asked_of=HelpFrom.PEERS,
        text="Has anybody got students onto a hiring committee? Ours would meet in two weeks.",
        asked_by=people["devon"],
        asked_at=at - timedelta(days=30),
        settled_by=people["devon"],
        settled_at=at - timedelta(days=26),
        submission_id=known_id("living", "help", "peers"),
        is_sample=True,
    )
    expert = HelpCall.objects.create(
        team=living.teams["MN"],
        asked_of=HelpFrom.EXPERT,
        driver=living.series.drivers.first(),
        text="May a school board seat a person of sixteen with a voice and no vote?",
        asked_by=people["winona"],
        asked_at=at - timedelta(days=40),
        settled_by=people["winona"],
        settled_at=at - timedelta(days=33),
        submission_id=known_id("living", "help", "expert"),
        is_sample=True,
    )
    HelpAnswer.objects.bulk_create(
        HelpAnswer(
            call=call,
            author=people[by],
            text=text,
            written_at=call.asked_at + timedelta(days=days),
            submission_id=known_id("living", "help-answer", number),
            is_sample=True,
        )
        for number, (call, by, days, text) in enumerate(
            [
                (peers, "odalys", 1, "We have. Two seats of seven; they asked the questions about respect."),
                (
                    peers,
                    "fiona",
                    3,
                    "Ask for a seat in the room before a vote. It took us a year.",
                ),
                (expert, "hana", 4, "Yes, as an adviser. The state's rule names voting members only."),
            ]
        )
    )
