"""What is typed comes back, on whatever device, and nobody else reads it."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django import forms
from django.urls import reverse

from accounts import drafts
from accounts.models import Draft, Event
from accounts.tasks import clear_away
from tests.factories.accounts import make_person

pytestmark = pytest.mark.django_db
AT = datetime(2026, 5, 20, 15, tzinfo=UTC)


def save(person, text, seq, **more):
    return drafts.save_draft(person, "log", "team:1", {"text": [text]}, seq, at=AT, **more)


def test_draft_rises_with_each_save_of_one_device():
    person = make_person()

    first, _ = save(person, "Two stu", 0)
    second, is_conflict = save(person, "Two students", first.seq)

    assert (first.seq, second.seq, is_conflict) == (1, 2, False)
    assert Draft.objects.get().data == {"text": ["Two students"]}


def test_second_device_gets_a_copy_of_its_own():
    person = make_person()
    save(person, "on the phone", 0)

    copy, is_conflict = save(person, "on the desk", 0)

    assert is_conflict
    assert copy.copy == 1
    assert sorted(d.data["text"][0] for d in Draft.objects.all()) == ["on the desk", "on the phone"]
    later, is_conflict = save(person, "on the desk, more", copy.seq, copy=copy.copy)
    assert (later.pk, is_conflict) == (copy.pk, False)


def test_same_text_with_an_old_number_is_no_conflict():
    person = make_person()
    save(person, "once", 0)

    again, is_conflict = save(person, "once", 0)

    assert (again.seq, is_conflict) == (1, False)


def test_copies_are_bounded():
    person = make_person()
    for number in range(drafts.MAX_COPIES + 3):
        save(person, f"text {number}", 0)

    assert Draft.objects.count() == drafts.MAX_COPIES


def test_drafts_of_a_person_are_bounded(monkeypatch):
    monkeypatch.setattr(drafts, "MAX_DRAFTS", 2)
    person = make_person()
    for target in ("a", "b"):
        drafts.save_draft(person, "log", target, {"text": ["x"]}, 0, at=AT)

    with pytest.raises(drafts.DraftRefused):
        drafts.save_draft(person, "log", "c", {"text": ["x"]}, 0, at=AT)


@pytest.mark.parametrize("data", [None, [], {"text": "x"}, {"text": [1]}, {"text": ["x" * drafts.MAX_BYTES]}])
def test_what_is_no_draft_is_refused(data):
    with pytest.raises(drafts.DraftRefused):
        drafts.save_draft(make_person(), "log", "t", data, 0, at=AT)


def test_draft_is_in_no_event():
    save(make_person(), "mine alone", 0)

    assert not Event.objects.exists()


def test_sent_form_drops_its_draft():
    person = make_person()
    save(person, "Two students", 0)

    drafts.drop_draft(person, "log", "team:1", {"text": ["anything"]})

    assert not Draft.objects.exists()


def test_text_of_another_device_that_was_not_sent_stays():
    person = make_person()
    save(person, "on the phone", 0)
    save(person, "on the desk", 0)

    drafts.drop_draft(person, "log", "team:1", {"text": ["on the desk, and sent"]})

    assert Draft.objects.get().data == {"text": ["on the phone"]}


def test_drafts_go_after_ninety_days():
    person = make_person()
    save(person, "old", 0)

    clear_away(since=AT, until=AT, at=AT + timedelta(days=90))
    assert Draft.objects.exists()
    clear_away(since=AT, until=AT, at=AT + timedelta(days=90, seconds=1))

    assert not Draft.objects.exists()


def test_form_is_filled_with_the_newest_draft():
    class Form(forms.Form):
        text = forms.CharField(initial="blank")
        several = forms.MultipleChoiceField(choices=[("1", "a"), ("2", "b")])

    person = make_person()
    drafts.save_draft(person, "log", "t", {"text": ["kept"], "several": ["1", "2"]}, 0, at=AT)
    context, form = drafts.draft_context(person, "log", "t"), Form()

    drafts.fill(form, context["draft"])

    assert form["text"].value() == "kept"
    assert form["several"].value() == ["1", "2"]
    assert (context["draft_seq"], context["draft_copies"]) == (1, [])


# --- over the wire ------------------------------------------------------------------------------------

URL = "/drafts/log/team:1/"


def post(client, data, seq, url=URL):
    body = json.dumps({"data": data, "seq": seq})
    return client.post(url, body, content_type="application/json", headers={"Accept": "application/json"})


def test_draft_is_kept_and_given_back(signed_in):
    client = signed_in(make_person())

    answer = post(client, {"text": ["hello"]}, 0)

    assert (answer.status_code, answer.json()["seq"]) == (200, 1)
    found = client.get(URL).json()["drafts"]
    assert [(d["data"], d["seq"]) for d in found] == [({"text": ["hello"]}, 1)]
    assert client.get(URL).headers["Cache-Control"] == "no-store"


def test_conflict_tells_where_to_go_on(signed_in):
    client = signed_in(make_person())
    post(client, {"text": ["phone"]}, 0)

    answer = post(client, {"text": ["desk"]}, 0)

    assert answer.status_code == 409
    assert answer.json()["url"] == f"{URL}?copy=1"
    assert post(client, {"text": ["desk 2"]}, answer.json()["seq"], answer.json()["url"]).status_code == 200


def test_nobody_reads_the_draft_of_another(signed_in):
    post(signed_in(make_person()), {"text": ["secret"]}, 0)

    assert signed_in(make_person()).get(URL).json() == {"drafts": []}


def test_signed_out_is_401_in_json(client):
    assert post(client, {"text": ["x"]}, 0).status_code == 401
    assert not Draft.objects.exists()


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("[]", 400), ("{", 400), ('{"data": {}, "seq": "1"}', 400), ('{"data": {}, "seq": -1}', 400),
        ('{"data": 1, "seq": 0}', 413), ('{"data": {"a": ["\\u0000"]}, "seq": 0}', 400),
    ],
)  # fmt: skip
def test_bad_drafts_are_refused(signed_in, body, status):
    answer = signed_in(make_person()).post(URL, body, content_type="application/json")

    assert answer.status_code == status
    assert not Draft.objects.exists()


def test_too_long_a_draft_is_413(signed_in):
    assert post(signed_in(make_person()), {"text": ["é" * drafts.MAX_BYTES]}, 0).status_code == 413


@pytest.mark.parametrize("copy", ["x", "-1", "99999999999999999999"])
def test_odd_copies_are_refused(signed_in, copy):
    assert post(signed_in(make_person()), {"a": ["b"]}, 0, f"{URL}?copy={copy}").status_code in (400, 404)


def test_route_is_the_one_that_pages_use():
    assert reverse("accounts:draft", args=["log", "team:1"]) == URL
