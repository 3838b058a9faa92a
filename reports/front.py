"""The public face of a series: what an edition of kind *front page* holds, as plain JSON.

Taken from the series (question, drivers, teams by place, dates) and from its published editions, which are
frozen already. No person stands in it.
"""

import hashlib
import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

from core.text import words_of
from reports.document import Entry, ReportDoc
from series.models import Series
from teams.models import GONE

VERSION = 1
LONGEST_SHORT = 200  # letters of an entry in short


@dataclass(frozen=True, kw_only=True)
class Mark:
    """A driver of the series."""

    name: str
    slot: int
    definition: str = ""


@dataclass(frozen=True, kw_only=True)
class Place:
    """A team: its place, and what it took home."""

    name: str
    place: str
    code: str
    slug: str
    focus: str = ""


@dataclass(frozen=True, kw_only=True)
class Stop:
    """A Learning Session, or the Summit (no letter); days in ISO form."""

    letter: str
    place: str
    starts_on: str
    ends_on: str


@dataclass(frozen=True, kw_only=True)
class Story:
    """An entry in short."""

    id: int
    title: str
    short: str
    team: str
    place: str
    language: str
    strand: str
    drivers: tuple[Mark, ...]


@dataclass(frozen=True, kw_only=True)
class Finding:
    """A chapter of an edition, with its stories in short."""

    id: str
    title: str
    stories: tuple[Story, ...]


@dataclass(frozen=True, kw_only=True)
class Issue:
    """A published edition."""

    number: int
    title: str
    language: str
    date: str
    findings: tuple[Finding, ...]


@dataclass(frozen=True, kw_only=True)
class Front:
    version: int
    slug: str
    name: str
    summary: str
    host: str
    question: str
    question_language: str
    language: str
    opens_on: str
    is_sample: bool
    drivers: tuple[Mark, ...]
    teams: tuple[Place, ...]
    stops: tuple[Stop, ...]
    issues: tuple[Issue, ...]


def make_front(series: Series, editions: Sequence[tuple[int, ReportDoc]]) -> dict[str, Any]:
    """The front page of `series` over its published `editions` (number, what stands), the latest first."""
    question = series.questions.first()
    issues = tuple(_issue(number, doc) for number, doc in editions)
    has_sample = any(doc.meta.is_sample for _, doc in editions)
    front = Front(
        version=VERSION,
        slug=series.slug,
        name=series.name,
        summary=series.summary,
        host=series.host,
        question=question.text if question else "",
        question_language=question.language if question else "",
        language=issues[0].language if issues else "en",
        opens_on=series.opens_on.isoformat(),
        is_sample=series.is_sample or has_sample,
        drivers=tuple(Mark(name=d.name, slot=d.slot, definition=d.definition) for d in series.drivers.all()),
        teams=tuple(
            Place(name=team.name, place=team.place, code=team.code, slug=team.slug, focus=team.focus_area)
            for team in series.teams.exclude(status__in=GONE)
        ),
        stops=tuple(_stops(series)),
        issues=issues,
    )
    return asdict(front)


def _stops(series: Series) -> Iterable[Stop]:
    gatherings = [(session.letter, session) for session in series.sessions.all()] + [("", series.summit)]
    for letter, event in gatherings:
        yield Stop(
            letter=letter,
            place=event.place,
            starts_on=event.starts_on.isoformat(),
            ends_on=event.ends_on.isoformat(),
        )


def _issue(number: int, doc: ReportDoc) -> Issue:
    findings = []
    for section in doc.sections:
        stories = tuple(
            Story(
                id=block.id,
                title=block.title,
                short=_short(words_of(block.ast), block.title),
                team=block.team,
                place=block.place,
                language=block.language,
                strand=block.strand.key if block.strand else "",
                drivers=tuple(Mark(name=mark.name, slot=mark.slot) for mark in block.drivers),
            )
            for block in section.blocks
            if isinstance(block, Entry)
        )
        if stories:
            findings.append(Finding(id=section.id, title=section.title, stories=stories))
    meta = doc.meta
    return Issue(
        number=number, title=meta.title, language=meta.language, date=meta.date, findings=tuple(findings)
    )


def _short(text: str, title: str) -> str:
    """The beginning of `text`, after the title where it repeats it."""
    flat = " ".join(text.split())
    if flat.startswith(title.rstrip("…")):
        flat = flat[len(title) :].strip() if flat.startswith(title) else ""
    if len(flat) <= LONGEST_SHORT:
        return flat
    return flat[:LONGEST_SHORT].rsplit(" ", 1)[0].rstrip(",;:") + "…"


def read_front(data: dict[str, Any], withdrawn: Collection[int] = ()) -> Front:
    """The front page that `make_front` wrote, without the stories of `withdrawn`."""
    issues = []
    for issue in data["issues"]:
        findings = []
        for finding in issue["findings"]:
            kept = tuple(_story(story) for story in finding["stories"] if story["id"] not in withdrawn)
            if kept:
                findings.append(Finding(id=finding["id"], title=finding["title"], stories=kept))
        issues.append(Issue(**{**issue, "findings": tuple(findings)}))
    rows = {"drivers": Mark, "teams": Place, "stops": Stop}
    made: dict[str, Any] = {name: tuple(kind(**row) for row in data[name]) for name, kind in rows.items()}
    rest = {each.name: data[each.name] for each in fields(Front) if each.name not in {*rows, "issues"}}
    return Front(**rest, **made, issues=tuple(issues))


def _story(data: dict[str, Any]) -> Story:
    return Story(**{**data, "drivers": tuple(Mark(**mark) for mark in data["drivers"])})


def checksum_of(data: dict[str, Any]) -> str:
    """SHA-256 of the canonical JSON of a front page."""
    return hashlib.sha256(json.dumps(data, sort_keys=True, separators=(",", ":")).encode("ascii")).hexdigest()


def story_ids(data: dict[str, Any]) -> list[int]:
    """The ids of the entries that a front page shows."""
    return sorted({s["id"] for issue in data["issues"] for f in issue["findings"] for s in f["stories"]})
