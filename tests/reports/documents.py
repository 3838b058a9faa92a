"""ReportDocs for the tests of this room."""

from typing import Any

from core.text import to_ast
from reports.document import (
    DriverMark,
    Entry,
    Heading,
    Labels,
    Meta,
    Origin,
    ReportDoc,
    Section,
    Table,
    Text,
    Word,
)

LABELS = Labels(
    contents="Contents",
    question="The guiding question",
    sample="SAMPLE",
    sample_note="Sample content: people, figures and events are invented.",
    grew_out_of="Grew out of",
    result="Result",
    untitled="(untitled)",
    photo="Photo",
    unprintable="□ stands for a sign that this file cannot print:",
    and_more="and others",
)


def make_meta(**values: Any) -> Meta:
    given = {
        "title": "What we learned",
        "series": "Engagement for All",
        "question": "What sustains the engagement of young people?",
        "language": "en",
        "on": "2015-07-11",
        "date": "11 July 2015",
    }
    return Meta(**(given | values))


def make_entry(text: str = "We read the *minutes* of ten years.", **values: Any) -> Entry:
    given = {
        "id": 1,
        "title": "What the minutes said",
        "ast": to_ast(text),
        "team": "Jackson",
        "place": "Jackson, Mississippi",
        "drivers": (DriverMark(name="Policy", slot=1),),
        "strand": Word(key="research", name="Research"),
        "result": Word(key="moved", name="It moved"),
        "when": "3 March 2014",
    }
    return Entry(**(given | values))


def make_doc(*blocks: Heading | Text | Entry | Table, **meta: Any) -> ReportDoc:
    section = Section(id="findings", title="Findings", blocks=blocks or (make_entry(),))
    return ReportDoc(meta=make_meta(**meta), labels=LABELS, sections=(section,))


def make_full_doc(**meta: Any) -> ReportDoc:
    """A document with each kind of block and each shape of strand."""
    table = Table(
        header=("Team", "Filed", "Due"),
        rows=(("Jackson", "9", "12"), ("Vermont (left in May 2014)", "3", "4")),
        caption="Check-ins filed, of those due",
    )
    first = make_entry(
        grew_out_of=(
            Origin(text="Plan item: read the minutes"),
            Origin(text="Leer las actas", language="es", entry_id=7),
        )
    )
    spanish = make_entry(
        "La escuela **abrió** el portón.\n\n- uno\n- [dos](https://a.example/)\n\n> dijo Ana",
        id=2,
        title="El portón",
        language="es",
        strand=Word(key="story", name="Historia"),
        drivers=tuple(DriverMark(name=f"Driver {slot}", slot=slot) for slot in range(1, 7)),
    )
    improvement = make_entry(id=3, title="Two seats", strand=Word(key="improvement", name="Improvement"))
    blocks = (Text(ast=to_ast("Seven teams, one *question*.")), Heading(text="By driver"), first, spanish)
    return ReportDoc(
        meta=make_meta(**meta),
        labels=LABELS,
        sections=(
            Section(id="findings", title="Findings", blocks=blocks),
            Section(id="numbers", title="Numbers", blocks=(table, improvement)),
        ),
    )
