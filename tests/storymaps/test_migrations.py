"""Migrations over filled tables, both ways."""

import pytest

from storymaps.models import Audience, Comment
from tests.factories.storymaps import make_comment, make_entry, make_item
from tests.factories.teams import coach, make_team
from tests.filled import back_again, migrate_to

pytestmark = pytest.mark.django_db(transaction=True)


def test_notes_learn_their_team_and_forget_it():
    team = make_team()
    luz = coach(team)
    note = make_comment(make_entry(team), luz)
    answer = make_comment(note.entry, luz, parent=note, audience=Audience.TEAM)
    with back_again():
        old = migrate_to("storymaps", "0001_initial")
        texts = set(old.get_model("storymaps", "Comment").objects.values_list("text", flat=True))
        assert texts == {note.text}

    assert {row.team for row in Comment.objects.all()} == {team}
    assert Comment.objects.get(pk=answer.pk).parent == note


def test_notes_that_the_old_tables_cannot_hold_are_not_thrown_away():
    team = make_team()
    make_comment(make_item(team), coach(team), team)
    with back_again(), pytest.raises(RuntimeError, match="would be lost"):
        migrate_to("storymaps", "0001_initial")

    assert Comment.objects.count() == 1
