"""What stands beside the sample stories: an outcome, a pasted mail, boundary partners."""

import hashlib
from datetime import datetime, timedelta

from desk.samples.living import Living
from desk.samples.rows import known_id
from progress.models import (
    AsPlanned,
    BoundaryPartner,
    Decision,
    Grade,
    MarkerChange,
    MarkerState,
    Matched,
    ProgressMarker,
    TestCycle,
)
from storymaps.models import (
    Direction,
    Evidence,
    EvidenceKind,
    Finding,
    HarvestPassage,
    HarvestSource,
    Intent,
    Level,
    OutcomeStatement,
    SourceKind,
    Verdict,
    Visibility,
)

MAIL = """Dear Luz,

the second circle was full, and two parents who had never come before stayed until the end.

One of them works for the bus company. She says nobody there has ever been asked about the last bus.

Can we talk on Thursday? Renée"""
SOURCES = {
    "Ten years of board minutes": [
        (EvidenceKind.NUMBER, "4 of 118", "meetings at which a student spoke"),
        (EvidenceKind.LINK, "https://example.org/board/minutes", "The minutes of ten years"),
    ],
    "First ask for one youth seat": [(EvidenceKind.LINK, "https://example.org/board/march", "Minutes")],
    "Students run the first ten minutes": [(EvidenceKind.NUMBER, "3 rooms", "field notes of six weeks")],
    "Board adopts two youth seats": [
        (EvidenceKind.NUMBER, "5 to 2", "the vote"),
        (EvidenceKind.LINK, "https://example.org/board/vote", "The recording of the meeting"),
    ],
    "Pulse survey": [(EvidenceKind.NUMBER, "n = 312", "answers from three schools")],
    "“She asked what we would drop”": [(EvidenceKind.NUMBER, "1 unit plan", "three topics rubbed out")],
    "Meetings moved to 6:30": [(EvidenceKind.NUMBER, "41, before 19", "people who signed in")],
}
PASSAGE = MAIL.split("\n\n")[2]


def load_told(living: Living, *, at: datetime) -> None:
    """Write it for the first team; all of it is sample content."""
    _state_outcome(living, at)
    _paste(living, at)
    _note_partner(living, at)
    _rest_on(living)
    _test(living, at)


def _test(living: Living, at: datetime) -> None:
    """Two tests of one plan item, the second grown out of the first and still going."""
    item = next(item for item in living.items.values() if item.what.startswith("Grow the feedback circles"))
    who = {"item": item, "added_by": living.leads["JXN"], "is_sample": True}
    first = TestCycle.objects.create(
        number=1,
        question="Does a circle work without the teacher at the front?",
        prediction="Half of the class will speak in the first circle.",
        how_known="We count who speaks.",
        starts_on=living.on - timedelta(days=60),
        begun_at=at - timedelta(days=60),
        as_planned=AsPlanned.YES,
        observations="Twenty of twenty-six spoke. Two of them never had before.",
        matched=Matched.PARTLY,
        learning="Ten quiet minutes before the circle matter more than the questions.",
        decision=Decision.ENLARGE,
        ended_at=at - timedelta(days=32),
        added_at=at - timedelta(days=61),
        submission_id=known_id("cycle:circles:1"),
        **who,
    )
    TestCycle.objects.create(
        number=2,
        previous=first,
        question="Does it hold in nine rooms?",
        prediction="In seven of nine rooms it goes on for six weeks.",
        how_known="Each room keeps a list by the door.",
        starts_on=living.on - timedelta(days=28),
        begun_at=at - timedelta(days=28),
        added_at=at - timedelta(days=29),
        submission_id=known_id("cycle:circles:2"),
        **who,
    )


def _rest_on(living: Living) -> None:
    """Evidence without a file: numbers and links, on some of the first team's stories."""
    stories = [entry for key, entry in living.entries.items() if key.startswith("JXN:")]
    pieces = []
    for beginning, rows in SOURCES.items():
        entry = next(story for story in stories if story.headline.startswith(beginning))
        for position, (kind, value, words) in enumerate(rows):
            piece = Evidence(
                entry=entry,
                kind=kind,
                alt_text=words,
                position=position,
                submission_id=known_id(f"evidence:{beginning}:{position}"),
                is_sample=True,
            )
            setattr(piece, "url" if kind == EvidenceKind.LINK else "number", value)
            pieces.append(piece)
    Evidence.objects.bulk_create(pieces)


def _state_outcome(living: Living, at: datetime) -> None:
    outcome = OutcomeStatement.objects.create(
        team=living.teams["JXN"],
        author=living.leads["JXN"],
        who_changed="The members of the school board",
        what_differs="They put two students on the board for a year, and ask them before they vote.",
        changed_on=living.on - timedelta(days=23),
        significance="Until then, no student had ever been in the room when it was decided.",
        contribution="The team asked twice, and came back with the minutes of ten years.",
        intent=Intent.PLANNED,
        direction=Direction.POSITIVE,
        level=Level.POLICY,
        verifier_role="Secretary of the board",
        verifier_is_independent=True,
        asked_on=living.on - timedelta(days=6),
        verdict=Verdict.PARTLY,
        verdict_comment="Yes, for the seats. Whether they are asked each time is early to say.",
        visibility=Visibility.SERIES,
        logged_at=at - timedelta(days=9),
        submission_id=known_id("outcome:JXN"),
        is_sample=True,
    )
    outcome.sources.set([living.entries["JXN:adopts"]])
    finding = Finding.objects.create(
        team=living.teams["JXN"],
        author=living.leads["JXN"],
        statement="A board that hears students before it votes begins to write its agenda with them.",
        explanation="The board of Jackson gave two seats after it had read ten years of its own minutes.\n\n"
        "Nobody asked it to write the agenda together: that came after the second meeting.",
        limits="One board in one town, and only for a few weeks.",
        written_at=at - timedelta(days=4),
        submission_id=known_id("finding:JXN"),
        is_sample=True,
    )
    finding.outcomes.set([outcome])
    finding.entries.set([living.entries["JXN:adopts"]])


def _paste(living: Living, at: datetime) -> None:
    team = living.teams["JXN"]
    coach = team.coach_assignments.select_related("coach").order_by("pk")[0].coach
    source = HarvestSource.objects.create(
        team=team,
        kind=SourceKind.MAIL,
        text=MAIL,
        said_on=living.on - timedelta(days=4),
        is_on_behalf=True,
        pasted_by=coach,
        pasted_at=at - timedelta(days=3),
        submission_id=known_id("source:JXN"),
        is_sample=True,
    )
    HarvestPassage.objects.create(
        source=source,
        text=PASSAGE,
        digest=hashlib.sha256(PASSAGE.encode()).hexdigest(),
        marked_by=coach,
        marked_at=at - timedelta(days=3),
        is_sample=True,
    )


def _note_partner(living: Living, at: datetime) -> None:
    """The series uses boundary partners; one team has named one."""
    living.series.uses_boundary_partners = True
    living.series.save(update_fields=["uses_boundary_partners"])
    lead, began = living.leads["JXN"], at - timedelta(days=60)
    partner = BoundaryPartner.objects.create(
        team=living.teams["JXN"],
        name="The school board",
        challenge="It asks students before it decides, and says what it did with the answers.",
        added_by=lead,
        added_at=began,
        submission_id=known_id("partner:JXN"),
        is_sample=True,
    )
    hopes = (
        (Grade.EXPECT, "It lets students speak at its meetings", MarkerState.FULL),
        (Grade.LIKE, "It gives students a seat", MarkerState.SOME),
        (Grade.LOVE, "It gives students a vote", MarkerState.NONE),
    )
    for number, (grade, text, state) in enumerate(hopes):
        marker = ProgressMarker.objects.create(
            partner=partner,
            grade=grade,
            text=text,
            state=state,
            added_by=lead,
            added_at=began,
            submission_id=known_id(f"marker:JXN:{number}"),
            is_sample=True,
        )
        if state != MarkerState.NONE:
            MarkerChange.objects.create(
                marker=marker,
                state=state,
                seen_on=living.on - timedelta(days=20),
                noted_by=lead,
                noted_at=at - timedelta(days=19),
                submission_id=known_id(f"change:JXN:{number}"),
                is_sample=True,
            )
