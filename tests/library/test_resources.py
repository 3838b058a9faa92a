"""The resource shelf: who shares, who reads, what an answer becomes, and what a withdrawn one is."""

import uuid
from datetime import date, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.files import find_file
from accounts.models import Event, FileState
from accounts.permissions import Role
from coaching.models import HelpAnswer, HelpCall
from library import services
from library.models import Resource, Use
from notices.models import Notice
from storymaps.chain import chain_of
from teams.models import Membership
from tests.factories.library import make_resource, make_use
from tests.factories.series import give_role
from tests.factories.storymaps import AT, make_entry, make_file
from tests.factories.teams import coach, join, make_team, person_as

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_period_1():
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def team():
    return make_team()


@pytest.fixture
def lead(team):
    return join(team, Role.LEAD)


def share(series, by, **fields) -> Resource:
    drivers = fields.pop("drivers", ())
    values = {"title": "A letter", "why": "It helped.", "text": "Dear board,", "submission_id": uuid.uuid4()}
    draft = Resource(series=series, **(values | fields))
    return services.share_resource(draft, drivers=drivers, by=by, at=AT)


def make_answer(team, asked_of="coach", by=None, text="Ask for the room first.") -> HelpAnswer:
    stamp = {"asked_by": join(team), "asked_at": AT, "submission_id": uuid.uuid4()}
    call = HelpCall.objects.create(team=team, asked_of=asked_of, text="Our board hates us", **stamp)
    return HelpAnswer.objects.create(
        call=call, author=by or coach(team), text=text, written_at=AT, submission_id=uuid.uuid4()
    )


def form_of(**fields) -> dict[str, object]:
    return {
        "title": "A letter",
        "why": "It helped.",
        "text": "Dear board,",
        "kind": "tool",
        "licence": "by",
        "language": "en",
        "submission_id": uuid.uuid4(),
    } | fields


def shelf_of(series) -> str:
    return reverse("library:shelf", args=[series.slug])


def page_of(resource) -> str:
    return reverse("library:resource", args=[resource.series.slug, resource.pk])


def test_shared_twice_with_one_tap_is_one_resource_with_its_event(team, lead):
    sid = uuid.uuid4()

    assert share(team.series, lead, submission_id=sid) == share(team.series, lead, submission_id=sid)

    event = Event.objects.get(act="library.resource_shared")
    assert (event.target_id, event.series_id) == (Resource.objects.get().pk, team.series_id)


def test_the_id_of_somebody_elses_form_is_refused(team, lead):
    sid = uuid.uuid4()
    share(team.series, lead, submission_id=sid)

    with pytest.raises(ValidationError):
        share(team.series, join(team), submission_id=sid)


@pytest.mark.parametrize(
    ("role", "is_seen"),
    [
        ("observer", True),
        ("expert", True),
        ("peer", True),
        ("member", True),
        ("coach", True),
        ("stranger", False),
        ("administrator", False),
    ],
)
def test_who_reads_the_shelf(team, lead, role, is_seen):
    resource = make_resource(team.series)

    assert (resource in Resource.objects.visible_to(person_as(role, team))) is is_seen


def test_who_has_left_reads_nothing_more_not_even_their_own(team, lead):
    resource = share(team.series, lead)
    Membership.objects.filter(person=lead).update(ends_on=AT.date() - timedelta(days=1))

    assert not Resource.objects.visible_to(lead).exists()
    assert resource in Resource.objects.visible_to(join(team))


def test_what_is_withdrawn_vanishes_at_once_and_can_be_put_back(team, lead, signed_in):
    resource = share(team.series, lead, title="How to ask a board")
    peer, facilitator = person_as("peer", team), person_as("facilitator", team)
    address = [team.series.slug, resource.pk]
    browser = signed_in(lead)

    browser.post(reverse("library:resource-withdraw", args=address))

    assert resource not in Resource.objects.visible_to(peer)
    assert signed_in(peer).get(page_of(resource)).status_code == 404
    assert resource.title not in signed_in(facilitator).get(shelf_of(team.series)).text
    assert "Withdrawn by" in signed_in(facilitator).get(page_of(resource)).text
    browser.post(reverse("library:resource-put-back", args=address))
    assert resource in Resource.objects.visible_to(peer)
    acts = Event.objects.filter(target_type="library.resource").values_list("act", flat=True)
    assert set(acts) == {
        "library.resource_shared",
        "library.resource_withdrawn",
        "library.resource_put_back",
    }


def test_what_a_facilitator_took_away_its_sharer_does_not_put_back(team, lead):
    resource = share(team.series, lead)
    services.withdraw_resource(resource, by=person_as("facilitator", team), at=AT)

    with pytest.raises(PermissionDenied):
        services.put_back(resource, by=lead, at=AT)


def test_withdrawn_twice_is_withdrawn_once(team, lead):
    resource = share(team.series, lead)

    services.withdraw_resource(resource, by=lead, at=AT)
    services.withdraw_resource(resource, by=person_as("facilitator", team), at=AT + timedelta(days=1))

    assert Resource.objects.get().withdrawn_by == lead


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "ftp://example.org/a", "file:///etc"]
)
def test_only_addresses_of_the_web_are_links(team, lead, signed_in, url):
    with pytest.raises(ValidationError):
        share(team.series, lead, url=url)

    page = reverse("library:resource-add", args=[team.series.slug])
    assert signed_in(lead).post(page, form_of(url=url)).status_code == 422
    assert not Resource.objects.exists()


def test_hostile_text_is_inert_and_the_host_is_shown(team, lead, signed_in):
    resource = share(
        team.series,
        lead,
        title="<script>alert(1)</script>",
        why="[x](javascript:alert(2)) <img src=x onerror=alert(3)>",
        text="**bold** <iframe src=//evil.example>",
        url="https://user@evil.example/path?q=%22%3E",
    )

    text = signed_in(lead).get(page_of(resource)).text

    main = text[text.index("<main") :]
    assert "<strong>bold</strong>" in main
    assert "evil.example" in main
    assert 'rel="noopener noreferrer nofollow"' in main
    for danger in ("<script>alert", 'href="javascript:', "<img src=x", "<iframe"):
        assert danger not in main


def test_it_holds_a_link_a_file_or_a_text(team, lead, signed_in):
    with pytest.raises(ValidationError):
        share(team.series, lead, text="")
    with pytest.raises(IntegrityError), transaction.atomic():
        make_resource(team.series, text="")
    page = reverse("library:resource-add", args=[team.series.slug])
    response = signed_in(lead).post(page, form_of(text="  ", why="Kept as typed"))
    assert response.status_code == 422
    assert "Kept as typed" in response.text


def test_a_file_is_read_by_the_series_as_long_as_the_resource_stands(team, lead):
    file = make_file(lead)
    resource = share(team.series, lead, text="", file=file, team=team)
    peer, stranger = person_as("peer", team), person_as("stranger", team)

    assert file.scope == f"team:{team.pk}"
    assert find_file(peer, file.key) == file
    assert find_file(stranger, file.key) is None
    services.withdraw_resource(resource, by=lead, at=AT)
    assert find_file(peer, file.key) is None


def test_a_file_of_somebody_else_is_not_passed_on(team, lead):
    with pytest.raises(ValidationError):
        share(team.series, lead, file=make_file(join(team)))


def test_a_file_that_was_refused_says_so(team, lead, signed_in):
    file = make_file(lead, state=FileState.REFUSED, reason="The file is broken.", digest="")
    resource = make_resource(team.series, lead, file=file)

    text = signed_in(lead).get(page_of(resource)).text

    assert "The file is broken." in text
    assert str(file.key) not in text


def test_nothing_reaches_out_of_the_series(team, lead):
    other = make_team()
    for fields in (
        {"drivers": [other.series.drivers.first()]},
        {"team": other},
        {"from_entry": make_entry(other)},
    ):
        with pytest.raises(ValidationError):
            share(team.series, lead, **fields)
    with pytest.raises(ValidationError):
        share(team.series, lead, team=make_team(team.series))


def test_nobody_shares_without_end(team, lead, monkeypatch):
    monkeypatch.setattr(services, "MOST_A_DAY", 2)
    share(team.series, lead), share(team.series, lead)

    with pytest.raises(ValidationError):
        share(team.series, lead)


def test_the_name_of_a_young_person_is_not_told(team, signed_in):
    kiara = join(team, is_under_18=True)
    kiara.name = "Kiara Young"
    kiara.save()
    browser = signed_in(kiara)
    page = reverse("library:resource-add", args=[team.series.slug])
    browser.post(page, form_of(team=team.pk))
    resource = Resource.objects.get()
    make_use(make_resource(team.series), team, kiara)

    peer = signed_in(person_as("peer", team))
    for address in (page_of(resource), shelf_of(team.series)):
        text = peer.get(address).text
        assert team.name in text
        assert "Kiara" not in text
    assert browser.post(page, form_of(team="")).status_code == 422


def test_an_observer_shares_nothing(team, signed_in):
    page = reverse("library:resource-add", args=[team.series.slug])

    assert signed_in(give_role(team.series, Role.OBSERVER)).post(page, form_of()).status_code == 403


def test_somebody_was_quicker_and_nothing_typed_is_lost(team, lead, signed_in):
    resource = share(team.series, lead, team=team)
    page = reverse("library:resource-edit", args=[team.series.slug, resource.pk])
    mate = join(team)
    first = signed_in(mate).post(page, form_of(title="First", version=1))
    second = signed_in(lead).post(page, form_of(title="Second", version=1))

    assert (first.status_code, second.status_code) == (302, 409)
    assert "First" in second.text
    assert "Second" in second.text
    resource.refresh_from_db()
    assert (resource.title, resource.version) == ("First", 2)
    assert signed_in(lead).post(page, form_of(title="Second", version=2)).status_code == 302
    resource.refresh_from_db()
    assert resource.title == "Second"


def test_another_team_changes_nothing(team, lead, signed_in):
    resource = share(team.series, lead, team=team)
    peer = person_as("peer", team)

    page = reverse("library:resource-edit", args=[team.series.slug, resource.pk])
    assert signed_in(peer).post(page, form_of(version=1)).status_code == 403
    with pytest.raises(PermissionDenied):
        services.withdraw_resource(resource, by=peer, at=AT)


# --- from an answer, from a story --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked_of", "role", "may"),
    [
        ("coach", "coach", True),
        ("coach", "facilitator", True),
        ("coach", "expert", False),  # does not read the call
        ("coach", "member", False),
        ("expert", "expert", True),
        ("peers", "expert", True),
        ("peers", "peer", False),
        ("peers", "observer", False),
    ],
)
def test_who_makes_a_resource_of_an_answer(team, asked_of, role, may):
    answer = make_answer(team, asked_of)
    person = person_as(role, team)

    if may:
        assert share(team.series, person, from_answer=answer).from_answer == answer
    else:
        with pytest.raises(ValidationError):
            share(team.series, person, from_answer=answer)


def test_who_answered_makes_a_resource_of_it(team, signed_in):
    peer = person_as("peer", team)
    answer = make_answer(team, "peers", by=peer)

    assert share(team.series, peer, from_answer=answer)


def test_of_the_question_and_its_team_nothing_is_copied(team, signed_in):
    luz = coach(team)
    answer = make_answer(team, "coach", by=luz)
    browser = signed_in(luz)
    call_page = reverse("coaching:help-call", args=[team.series.slug, team.slug, answer.call_id])
    page = f"{reverse('library:resource-add', args=[team.series.slug])}?from_answer={answer.pk}"
    assert page in browser.get(call_page).text

    form = browser.get(page)

    assert "Ask for the room first." in form.text
    assert "all teams in the series read the text below" in form.text
    main = form.text[form.text.index("<main") :]
    assert "Our board hates us" not in main
    assert form.context["form"]["team"].value() is None
    browser.post(page, form_of(from_answer=answer.pk))
    resource = Resource.objects.get()
    peer = signed_in(person_as("peer", team)).get(page_of(resource)).text
    assert "Our board hates us" not in peer
    assert team.name not in peer[peer.index("<main") :]
    assert "1 that you may not see" in peer
    assert "On the resource shelf" in browser.get(call_page).text
    (link,) = chain_of(resource, luz).grew_out_of.shown
    assert link.url == f"{call_page}#answer-{answer.pk}"


def test_an_answer_that_one_does_not_read_is_not_found(team, signed_in):
    answer = make_answer(team, "coach")
    page = f"{reverse('library:resource-add', args=[team.series.slug])}?from_answer={answer.pk}"

    assert signed_in(person_as("peer", team)).get(page).status_code == 404
    assert signed_in(join(team)).get(page).status_code == 404


def test_a_team_shares_what_its_story_used(team, lead, signed_in):
    entry = make_entry(team, lead, drivers=["Policy"])
    browser = signed_in(lead)
    story = reverse("storymaps:entry", args=[team.series.slug, team.slug, entry.pk])
    page = f"{reverse('library:resource-add', args=[team.series.slug])}?from_entry={entry.pk}"
    assert page in browser.get(story).text

    browser.post(page, form_of(from_entry=entry.pk, team=team.pk))

    resource = Resource.objects.get()
    assert (resource.from_entry, resource.team) == (entry, team)
    assert resource.title in browser.get(story).text
    assert chain_of(resource, person_as("peer", team)).grew_out_of.hidden == 1
    assert signed_in(person_as("peer", team)).get(page).status_code == 404


# --- the shelf ---------------------------------------------------------------------------------------


def test_the_shelf_is_narrowed_by_driver_kind_words_and_use(team, lead, signed_in):
    policy, practice = team.series.drivers.all()[:2]
    one = make_resource(team.series, title="Bus letter", drivers=[policy], kind="example")
    two = make_resource(team.series, title="Film of a circle", drivers=[practice], kind="recording")
    make_use(two, team)
    browser = signed_in(lead)

    for query, shown in (
        (f"driver={policy.slot}", [one]),
        ("kind=recording", [two]),
        ("words=BUS+board", [one]),
        ("used=mine", [two]),
        ("driver=x&kind=y&page=z", []),
        ("driver=99999999999", []),
        ("kind=nothing", [one, two]),
    ):
        text = browser.get(f"{shelf_of(team.series)}?{query}").text
        assert [resource for resource in (one, two) if resource.title in text] == shown, query


@pytest.mark.parametrize("role", ["lead", "coach", "facilitator", "observer"])
def test_the_number_of_queries_is_the_same_for_any_number_of_resources(team, role, signed_in):
    browser, counts = signed_in(person_as(role, team)), []
    drivers = list(team.series.drivers.all())
    for more in (1, 59):
        for _ in range(more):
            resource = make_resource(team.series, drivers=drivers, team=team)
            make_use(resource, make_team(team.series))
        found = []
        for page in (shelf_of(team.series), page_of(resource)):
            with CaptureQueriesContext(connection) as captured:
                assert browser.get(page).status_code == 200
            found.append(len(captured))
        counts.append(found)

    assert counts[0] == counts[1]
    assert max(counts[0]) < 40


def test_sharing_and_marking_send_no_mail(team, lead, mailoutbox):
    resource = share(team.series, lead)
    other = make_team(team.series)
    services.mark_used(resource, other, by=join(other), at=AT)

    assert Use.objects.count() == 1
    assert not Notice.objects.exists()
    assert not mailoutbox
    assert date(2026, 5, 20) == AT.date()
