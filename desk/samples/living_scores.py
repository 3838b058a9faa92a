"""What coaches and teams of the sample series say of how far they are; twice they see it differently."""

from datetime import timedelta

from desk.samples import rows
from desk.samples.living import Living
from desk.samples.rows import known_id
from progress.models import ProgressScore, ScoreBy

# team, who says it (a coach's key, or none for the lead), days ago, half steps, why
SCORES = [
    ("JXN", "luz", 150, 5, "Three rooms, and no sign yet that it holds without Devon."),
    ("JXN", "", 140, 5, "We try things every week."),
    ("JXN", "luz", 40, 7, "Nine rooms and a letter to the board: it moves without being pushed."),
    ("JXN", "", 38, 7, "The board answers us now."),
    ("PR", "tomas", 120, 5, "Cocinan y hablan; todavía nadie cuenta quién decide."),
    ("PR", "", 115, 7, "La escuela ya cambió: se reúnen sin que los llamemos."),
    ("NE", "luz", 86, 3, "A plan and a rhythm; the words are agreed, the interviews have not begun."),
    ("NE", "", 80, 6, "People use the words at the dinner table."),
    ("VT", "dev", 60, 6, "Their numbers came late and they hold."),
    ("VT", "", 55, 6, "Two tries worked."),
]


def load_scores(living: Living) -> None:
    """Scores by coach and team over half a year."""
    made = []
    for number, (code, key, ago, half_steps, reason) in enumerate(SCORES):
        team, on = living.teams[code], living.on - timedelta(days=ago)
        made.append(
            ProgressScore(
                team=team,
                side=ScoreBy.COACH if key else ScoreBy.TEAM,
                half_steps=half_steps,
                reason=reason,
                scored_by=living.people[key] if key else living.leads[code],
                scored_at=rows.moment(on, team.time_zone, 17),
                scored_on=on,
                submission_id=known_id("living", "score", number),
                is_sample=True,
            )
        )
    ProgressScore.objects.bulk_create(made)
