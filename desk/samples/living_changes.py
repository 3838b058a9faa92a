"""Two covers and a hand-over in the sample series: who is away, who stands in, who takes over."""

from datetime import datetime, timedelta

from desk.samples.living import Living
from teams.models import CoachAssignment

NOTE = (
    "They are five now; Juniper carries it. I promised to sit in on the next interview, on a Thursday.\n"
    "Agreed: one story a month is enough until spring. Do not ask for numbers before that.\n"
    "Open: the district has not answered about the room. Ask Fiona of NE how they got theirs."
)

# team, who covers, days from the day of loading to the first and the last day, what they must know
COVERS = [
    ("MN", "luz", -2, 9, "The board meets while I am away. Winona may ring you the night before."),
    ("NE", "tomas", 6, 16, ""),
]


def load_changes(living: Living, *, at: datetime) -> None:
    """Luz covers for Ruth, will be covered by Tomás, and takes a team over from Dev."""
    people, on = living.people, living.on
    own = CoachAssignment.objects.own().filter(team__series=living.series).select_related("team")
    held = {row.team.code: row for row in own}
    CoachAssignment.objects.bulk_create(
        CoachAssignment(
            team=living.teams[code],
            coach=people[key],
            covers_for=held[code],
            starts_on=on + timedelta(days=first),
            ends_on=on + timedelta(days=last),
            handover_note=note,
            is_sample=True,
        )
        for code, key, first, last, note in COVERS
    )
    leaving = held["OR"]
    leaving.ends_on, leaving.handover_note = on + timedelta(days=12), NOTE
    leaving.save(update_fields=["ends_on", "handover_note"])
    CoachAssignment.objects.create(
        team=leaving.team,
        coach=people["luz"],
        starts_on=on - timedelta(days=1),
        takes_over_from=leaving,
        is_sample=True,
    )
