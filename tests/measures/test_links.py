"""Notes on a chart that *are* stories, tests and sessions."""

import uuid
from datetime import UTC, date, datetime

import pytest

from measures import links
from measures.models import Annotation
from measures.reading import load_notes
from progress.models import TestCycle
from tests.factories.measures import make_measure
from tests.factories.progress import make_item
from tests.factories.storymaps import make_entry
from tests.factories.teams import join, make_team

pytestmark = pytest.mark.django_db
AT = datetime(2026, 9, 5, 12, tzinfo=UTC)


def kinds(team, person):
    return {target.kind: target for _word, targets in links.offers(team, person) for target in targets}


def test_stories_tests_and_sessions_are_offered_to_who_may_see_them():
    team = make_team()
    entry = make_entry(team, text="Six students chaired.", began_on=date(2026, 8, 2))
    make_entry(team, text="We will ask the board.", is_intended=True)
    cycle = TestCycle.objects.create(
        item=make_item(team), number=1, prediction="Ten will come", begun_at=AT, added_by=entry.author,
        added_at=AT, submission_id=uuid.uuid4(),
    )  # fmt: skip

    found = kinds(team, join(team))

    assert set(found) == {"entry", "test", "session"}
    assert (found["entry"].pk, found["entry"].on) == (entry.pk, date(2026, 8, 2))
    assert (found["test"].pk, found["test"].on) == (cycle.pk, date(2026, 9, 5))
    assert found["test"].url.endswith("/tests/1/")
    assert set(kinds(team, join(make_team(team.series)))) == {"session"}


def test_a_story_on_a_chart_is_named_to_who_may_read_it():
    team = make_team()
    measure, person = make_measure(team), join(team)
    entry = make_entry(team, text="Six students chaired.")
    Annotation.objects.create(
        measure=measure, team=team, on=entry.began_on, link_kind="entry", link_id=entry.pk, by=person, at=AT,
        submission_id=uuid.uuid4(),
    )  # fmt: skip

    (mine,), (theirs,) = (
        load_notes(measure, team, reader) for reader in (person, join(make_team(team.series)))
    )

    assert mine.words == "Six students chaired."
    assert theirs.words == "something that you may not see"
