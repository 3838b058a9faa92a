"""What people did without is kept when preferences come, there and back."""

import pytest

from tests.factories.accounts import make_person
from tests.filled import back_again, migrate_to

pytestmark = pytest.mark.django_db(transaction=True)


def test_opt_outs_become_preferences_and_go_back():
    person = make_person()
    with back_again():
        old = migrate_to("notices", "0004_preferences")
        for kind in ("comment", "monday"):
            old.get_model("notices", "OptOut").objects.create(person_id=person.pk, kind=kind)
        new = migrate_to("notices", "0005_move_opt_outs")
        rows = new.get_model("notices", "Preference").objects.order_by("kind").values_list("kind", "way")
        assert list(rows) == [(k, "none") for k in ("comment", "mention", "monday", "reply")]
        new.get_model("notices", "Notice").objects.create(
            person_id=person.pk, kind="reply", object_id=1, send_on="2026-05-05"
        )

        old = migrate_to("notices", "0004_preferences")
        kinds = old.get_model("notices", "OptOut").objects.order_by("kind").values_list("kind", flat=True)
        assert list(kinds) == ["comment", "monday"]
        assert old.get_model("notices", "Notice").objects.get().kind == "comment"
