"""What can be done with stories, and what is refused."""

import uuid
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError

from accounts.models import Draft, Event
from accounts.permissions import Role
from progress.models import Channel
from storymaps import services
from storymaps.models import Clearance, ClearanceState, StoryEntry, Visibility
from tests.factories.accounts import make_person
from tests.factories.progress import make_cycle
from tests.factories.series import give_role
from tests.factories.storymaps import AT, add_photo, ask, make_entry, make_file, make_item
from tests.factories.teams import join, make_team


def blank(team, **fields) -> StoryEntry:
    values = {"text": "We sat in a circle.", "began_on": date(2026, 5, 12), "submission_id": uuid.uuid4()}
    return StoryEntry(team=team, **(values | fields))


def log(draft, by, **links) -> StoryEntry:
    return services.log_story(draft, by=by, at=AT, **links)


def test_log_story_puts_it_on_the_map_and_in_the_event_log(team, teller):
    item, earlier = make_item(team), make_entry(team)
    driver = team.series.drivers.first()

    entry = log(blank(team), teller, drivers=[driver], items=[item], entries=[earlier])

    assert list(entry.drivers.all()) == [driver]
    assert list(item.became_entries.all()) == [entry]
    assert list(earlier.became_entries.all()) == [entry]
    assert (entry.author, entry.logged_at, entry.is_on_behalf) == (teller, AT, False)
    event = Event.objects.get(act="storymaps.story_logged")
    assert (event.target_id, event.team_id, event.series_id) == (entry.pk, team.pk, team.series_id)


def test_a_story_grows_out_of_tests_of_its_team(team, teller):
    test, other = make_cycle(make_item(team), by=teller), make_cycle(make_item(make_team()), by=teller)

    entry = log(blank(team), teller, tests=[test])
    entry = services.amend_story(entry, version=entry.version, by=teller, at=AT, tests=[test])

    assert list(test.became_entries.all()) == [entry]
    with pytest.raises(ValidationError) as refused:
        log(blank(team), teller, tests=[other])
    assert "grew_out_of_tests" in refused.value.error_dict


def test_double_tap_is_one_story(team, teller):
    sid = uuid.uuid4()

    first = log(blank(team, submission_id=sid), teller)
    second = log(blank(team, submission_id=sid, text="Again"), teller)

    assert first == second
    assert StoryEntry.objects.get().text == "We sat in a circle."
    assert Event.objects.filter(act="storymaps.story_logged").count() == 1


def test_loser_of_two_taps_at_once_gets_the_first_story(team, teller, monkeypatch):
    sid = uuid.uuid4()
    first = log(blank(team, submission_id=sid), teller)
    looked = iter([None, first])
    monkeypatch.setattr(services, "logged_before", lambda by, submission: next(looked))

    assert log(blank(team, submission_id=sid), teller) == first


def test_submission_of_somebody_else_is_no_repetition(team, teller, lead):
    sid = uuid.uuid4()
    log(blank(team, submission_id=sid), teller)

    with pytest.raises(ValidationError):
        log(blank(team, submission_id=sid), lead)


def test_under_18_is_kept_as_the_membership_said(team):
    young = join(team, is_under_18=True)

    assert log(blank(team), young).author_is_under_18


def test_coach_logs_on_behalf_with_a_channel(team, luz, teller):
    entry = log(blank(team, channel=Channel.PHONE), luz)
    own = log(blank(team, channel=Channel.PHONE), teller)

    assert (entry.is_on_behalf, entry.channel) == (True, Channel.PHONE)
    assert (own.is_on_behalf, own.channel) == (False, Channel.WEB)


def test_log_story_drops_the_draft(team, teller):
    Draft.objects.create(person=teller, form="log", target=services.draft_target(team), saved_at=AT)

    log(blank(team), teller)

    assert not Draft.objects.exists()


def test_links_out_of_scope_are_refused(team, teller):
    other = make_team()
    peer = make_team(team.series)
    hidden = make_entry(peer)
    for links in (
        {"drivers": [other.series.drivers.first()]},
        {"items": [make_item(peer)]},
        {"entries": [hidden]},
    ):
        with pytest.raises(ValidationError):
            log(blank(team), teller, **links)
    assert StoryEntry.objects.get() == hidden


def test_shared_story_of_another_team_can_be_grown_out_of(team, teller):
    shared = make_entry(make_team(team.series), visibility=Visibility.SERIES)

    entry = log(blank(team), teller, entries=[shared])

    assert list(entry.grew_out_of_entries.all()) == [shared]


def test_public_is_never_chosen(team, teller):
    with pytest.raises(ValidationError):
        log(blank(team, visibility=Visibility.PUBLIC), teller)


def test_photo_of_somebody_else_is_refused(team, teller, lead):
    with pytest.raises(ValidationError):
        log(blank(team), teller, photo=make_file(lead), alt_text="A circle")
    assert not StoryEntry.objects.exists()


def amend(entry, by, version, **fields):
    for name, value in fields.items():
        setattr(entry, name, value)
    return services.amend_story(entry, version=version, by=by, at=AT)


def test_amend_saves_and_counts_the_version(team, teller):
    entry = make_entry(team, teller)

    amend(entry, teller, 1, text="Better words")

    entry.refresh_from_db()
    assert (entry.text, entry.version) == ("Better words", 2)


def test_stale_amend_changes_nothing_and_hands_back_what_stands(team, teller):
    entry = make_entry(team, teller)
    mine = StoryEntry.objects.get(pk=entry.pk)
    amend(entry, teller, 1, text="Theirs")

    with pytest.raises(services.StaleEntry) as stale:
        amend(mine, teller, 1, text="Mine")

    assert stale.value.current.text == "Theirs"
    assert StoryEntry.objects.get().text == "Theirs"


def test_amend_keeps_links_that_its_writer_may_not_read(team, teller):
    hidden = make_entry(make_team(team.series))
    entry = make_entry(team, teller, entries=[hidden])

    amend(entry, teller, 1, text="New words")

    assert list(entry.grew_out_of_entries.all()) == [hidden]


def test_who_may_amend(team, teller, lead, luz):
    entry, filed = make_entry(team, teller), make_entry(team, luz)

    assert services.may_amend(lead, entry)
    assert not services.may_amend(luz, entry)
    assert services.may_amend(luz, filed)
    assert not services.may_amend(make_person(), entry)


def test_place_story_once(team, teller):
    entry = make_entry(team)
    first, second = team.series.drivers.all()[:2]

    services.place_story(entry, first, by=teller, at=AT)
    services.place_story(entry, second, by=teller, at=AT)

    assert list(entry.drivers.all()) == [first]
    with pytest.raises(ValidationError):
        services.place_story(make_entry(team), make_team().series.drivers.first(), by=teller, at=AT)


# --- clearance -------------------------------------------------------------------------------------


def decide(clearance, by, **given):
    values = {
        "approved": True,
        "states_nobody_recognisable": True,
        "version": clearance.entry.version,
    } | given
    return services.decide_clearance(clearance, by=by, at=AT, **values)


def test_approval_clears_the_entry(team, teller, lead):
    entry = make_entry(team)

    clearance = services.ask_clearance(entry, by=teller, at=AT)
    again = services.ask_clearance(entry, by=lead, at=AT)
    decide(clearance, lead)

    entry.refresh_from_db()
    clearance.refresh_from_db()
    assert again == clearance
    assert (entry.visibility, clearance.state) == (Visibility.PUBLIC, ClearanceState.APPROVED)


def test_approval_needs_the_statement(team, teller, lead):
    clearance = ask(make_entry(team), teller)

    with pytest.raises(ValidationError) as refused:
        decide(clearance, lead, states_nobody_recognisable=False)

    assert "states_nobody_recognisable" in refused.value.error_dict
    assert Clearance.objects.get().state == ClearanceState.ASKED


@pytest.mark.parametrize("why", ["photo", "name", "young author", "member under 18 now", "young editor"])
def test_what_cannot_be_cleared(team, teller, lead, why):
    entry = make_entry(team, teller)
    clearance = ask(entry, teller)
    if why == "photo":
        add_photo(entry)
    elif why == "name":
        entry.names_people = True
    elif why == "young author":
        entry.author_is_under_18 = True
    elif why == "member under 18 now":
        teller.memberships.update(is_under_18=True)
    elif why == "young editor":
        amend(entry, join(team, is_under_18=True), 1, text="Other words")
    entry.save()

    with pytest.raises(ValidationError):
        decide(Clearance.objects.get(pk=clearance.pk), lead)
    with pytest.raises(ValidationError):
        services.ask_clearance(entry, by=teller, at=AT)

    entry.refresh_from_db()
    assert entry.visibility == Visibility.TEAM
    assert Clearance.objects.get().state == ClearanceState.ASKED


@pytest.mark.parametrize("role", ["member", "storyteller", "coach", "facilitator", "organizer", "stranger"])
def test_only_the_lead_decides(team, teller, role):
    from tests.factories.teams import person_as

    clearance = ask(make_entry(team), teller)

    with pytest.raises(PermissionDenied):
        decide(clearance, person_as(role, team))


def test_approval_is_of_the_text_that_was_read(team, teller, lead):
    entry = make_entry(team, teller)
    clearance = ask(entry, teller)
    amend(entry, teller, 1, text="Other words")

    with pytest.raises(services.StaleEntry):
        decide(Clearance.objects.get(pk=clearance.pk), lead, version=1)

    assert Clearance.objects.get().state == ClearanceState.ASKED


def test_decided_is_decided(team, teller, lead):
    clearance = ask(make_entry(team), teller)
    decide(clearance, lead, approved=False, states_nobody_recognisable=False)

    with pytest.raises(ValidationError):
        decide(clearance, lead)
    assert (
        services.ask_clearance(clearance.entry, by=teller, at=AT) != clearance
    )  # a new request is a new row


@pytest.fixture
def cleared(team, teller, lead):
    entry = make_entry(team, teller)
    decide(ask(entry, teller), lead)
    entry.refresh_from_db()
    return entry


@pytest.fixture
def told(monkeypatch):
    heard = []
    monkeypatch.setattr(
        services, "clearance_withdrawn", [lambda entry, *, at: heard.append((entry.pk, entry.visibility, at))]
    )
    return heard


def test_withdrawal_is_at_once_and_told_to_the_right(cleared, teller, told):
    services.withdraw_clearance(cleared, by=teller, at=AT)

    assert cleared.visibility == Visibility.SERIES
    assert Clearance.objects.get().state == ClearanceState.WITHDRAWN
    assert told == [(cleared.pk, Visibility.SERIES, AT)]


def test_who_may_withdraw(cleared, team, teller, lead, luz):
    organizer, facilitator = (give_role(team.series, r) for r in (Role.ORGANIZER, Role.FACILITATOR))

    assert all(services.may_withdraw(person, cleared) for person in (teller, lead, organizer))
    assert not any(services.may_withdraw(person, cleared) for person in (luz, facilitator, join(team)))


def test_changed_words_take_the_clearance_back(cleared, teller, told):
    amend(cleared, teller, cleared.version, text="Other words")

    assert StoryEntry.objects.get().visibility == Visibility.SERIES
    assert Clearance.objects.get().state == ClearanceState.WITHDRAWN
    assert len(told) == 1


def test_another_strand_leaves_the_clearance(cleared, teller, told):
    amend(cleared, teller, cleared.version, strand="story")

    assert StoryEntry.objects.get().visibility == Visibility.PUBLIC
    assert told == []


def test_one_live_request_an_entry(team, teller):
    entry = make_entry(team)
    ask(entry, teller)

    with pytest.raises(IntegrityError):
        ask(entry, teller)
