"""Findings rest on outcomes and stories; everybody in the series reads them; a report is made of them."""

import uuid
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Event
from accounts.permissions import Role
from reports.models import Block, BlockKind, Edition, EditionState
from reports.services import add_finding, freeze, publish
from storymaps.chain import chain_of
from storymaps.comments import new_comment, write_comment
from storymaps.findings import Sources, StaleFinding, amend_finding, may_amend_finding, state_finding
from storymaps.models import Audience, Comment, Finding, Visibility
from storymaps.targets import target_of
from tests.factories.reports import make_report, make_story
from tests.factories.series import give_role
from tests.factories.storymaps import AT, make_entry
from tests.factories.teams import coach, join, make_team, person_as
from tests.factories.told import make_finding, make_outcome


def url(team, name, *more):
    return reverse(f"storymaps:{name}", args=[team.series.slug, team.slug, *more])


def sent(outcomes=(), entries=(), **more):
    return {
        "statement": "Boards that hear students change their agenda.",
        "outcomes": [each.pk for each in outcomes],
        "entries": [each.pk for each in entries],
        "language": "en",
        "submission_id": uuid.uuid4(),
    } | more


def test_a_finding_rests_on_what_two_teams_told(signed_in, team, lead):
    ours = make_outcome(make_entry(team, lead))
    theirs = make_entry(make_team(team.series), visibility=Visibility.SERIES)
    browser, form = signed_in(lead), sent([ours], [theirs])

    first, second = (browser.post(url(team, "finding-add"), form) for _ in range(2))

    finding = Finding.objects.get()
    assert first.url == second.url == url(team, "finding", finding.pk)
    assert (finding.author, list(finding.outcomes.all()), list(finding.entries.all())) == (
        lead,
        [ours],
        [theirs],
    )
    assert Event.objects.filter(act="storymaps.finding_stated").count() == 1


def test_the_form_begins_with_what_led_here(signed_in, team, lead):
    outcome = make_outcome(make_entry(team, lead))

    lead.language = "es"
    lead.save(update_fields=["language"])

    shown = signed_in(lead).get(url(team, "finding-add") + f"?outcome={outcome.pk}&story=x").text

    assert f'name="outcomes" value="{outcome.pk}" checked' in shown
    assert '<option value="es" selected>' in shown


def test_it_needs_a_source_that_one_may_read(signed_in, team, lead):
    hidden, elsewhere = make_entry(make_team(team.series)), make_entry(make_team())
    secret = make_outcome(hidden)
    browser = signed_in(lead)

    for outcomes, entries in (([], []), ([], [hidden]), ([], [elsewhere]), ([secret], [])):
        answer = browser.post(url(team, "finding-add"), sent(outcomes, entries))
        assert answer.status_code == 422
        assert "Boards that hear students" in answer.text  # what was typed is kept
    draft = Finding(team=team, statement="So it is.", submission_id=uuid.uuid4())
    with pytest.raises(ValidationError):
        state_finding(draft, Sources(entries=[hidden]), by=lead, at=AT)
    assert not Finding.objects.exists()


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (None, 302),
        ("stranger", 404),
        ("observer", 200),
        ("peer", 200),
        ("expert", 200),
        ("coach", 200),
        ("lead", 200),
    ],
)
def test_everybody_in_the_series_reads_it(signed_in, client, team, lead, role, status):
    finding = make_finding(None, make_entry(team, lead))
    person = person_as(role, team)
    browser = client if person is None else signed_in(person)

    for address in (url(team, "finding", finding.pk), reverse("storymaps:findings", args=[team.series.slug])):
        answer = browser.get(address)
        assert answer.status_code == status
        if status == 200:
            assert finding.statement in answer.text


def test_the_chain_leads_both_ways_and_hides_what_one_may_not_read(team, lead):
    entry = make_entry(team, lead)
    outcome = make_outcome(entry)
    finding = make_finding(outcome, entry)
    peer = join(make_team(team.series))

    down, up = chain_of(finding, lead), chain_of(outcome, lead)

    assert {link.object for link in down.grew_out_of.shown} == {outcome, entry}
    assert [link.object for link in up.became.shown] == [finding]
    assert finding in {link.object for link in chain_of(entry, lead).became.shown}
    assert chain_of(finding, peer).grew_out_of == type(down.grew_out_of)((), 2)


def test_who_changes_it(team, lead):
    finding = make_finding(None, make_entry(team, lead))
    sources = Sources(entries=list(finding.entries.all()))
    other = coach(team)
    finding.statement = "It holds in two towns."

    amend_finding(finding, sources, version=1, by=lead, at=AT)

    finding.refresh_from_db()
    assert (finding.statement, finding.version) == ("It holds in two towns.", 2)
    with pytest.raises(StaleFinding):
        amend_finding(finding, sources, version=1, by=lead, at=AT)
    draft = Finding(team=team, statement="Mine.", submission_id=uuid.uuid4())
    with pytest.raises(PermissionDenied):
        state_finding(draft, sources, by=give_role(team.series, Role.OBSERVER), at=AT)
    facilitator = give_role(team.series, Role.FACILITATOR)
    may = [who for who in (lead, other, facilitator) if may_amend_finding(who, finding)]
    assert may == [lead, facilitator]  # a coach changes what that coach wrote on the team's behalf


def test_both_texts_stand_where_somebody_was_quicker(signed_in, team, lead):
    entry = make_entry(team, lead)
    finding = make_finding(None, entry)
    Finding.objects.filter(pk=finding.pk).update(statement="Theirs stands.", version=2)

    answer = signed_in(lead).post(
        url(team, "finding-edit", finding.pk), sent([], [entry], statement="Mine is new.", version=1)
    )

    assert answer.status_code == 409
    assert "Theirs stands." in answer.text
    assert "Mine is new." in answer.text


def test_sources_that_one_may_not_read_stay(team, lead):
    hidden, mine = make_entry(make_team(team.series)), make_entry(team, lead)
    finding = make_finding(None, mine, hidden, team=team)

    amend_finding(finding, Sources(entries=[mine]), version=1, by=lead, at=AT)

    assert set(finding.entries.all()) == {mine, hidden}


def test_notes_beside_it_reach_the_series_or_the_coaches(signed_in, team, lead):
    finding = make_finding(None, make_entry(team, lead))
    organizer, peer = give_role(team.series, Role.ORGANIZER), join(make_team(team.series))
    for audience, text in ((Audience.SERIES, "Which boards?"), (Audience.COACHES, "Only one town.")):
        draft = new_comment(target_of(finding, team), uuid.uuid4())
        draft.audience, draft.text = audience, text
        write_comment(draft, by=organizer, at=AT)

    seen: dict[Any, str] = {
        who: signed_in(who).get(url(team, "finding", finding.pk)).text for who in (peer, lead, organizer)
    }

    assert all("Which boards?" in text for text in seen.values())
    assert [who for who, text in seen.items() if "Only one town." in text] == [organizer]
    assert Comment.objects.filter(finding=finding).count() == 2


def test_pages_ask_the_same_for_one_source_and_for_many(signed_in, team, lead):
    few = make_finding(make_outcome(make_entry(team, lead)), make_entry(team, lead))
    many = make_finding(None, *(make_entry(team, lead) for _ in range(9)))
    many.outcomes.set([make_outcome(make_entry(team, lead)) for _ in range(9)])
    browser = signed_in(lead)

    def count(address: str) -> int:
        with CaptureQueriesContext(connection) as caught:
            assert browser.get(address).status_code == 200
        return len(caught)

    listing = reverse("storymaps:findings", args=[team.series.slug])
    browser.get(listing)
    assert count(url(team, "finding", few.pk)) == count(url(team, "finding", many.pk))
    before = count(listing)
    for _ in range(5):
        make_finding(None, make_entry(team, lead))
    assert count(listing) == before


def test_a_report_is_made_of_it(team, lead):
    report = make_report(team.series)
    organizer = give_role(team.series, Role.ORGANIZER)
    cleared = make_story(team, is_cleared=True)
    own = make_entry(team, lead)
    finding = make_finding(make_outcome(cleared), own)
    for _ in range(2):  # a double tap
        draft = Block(report=report, finding_id=finding.pk, submission_id=uuid.uuid4())
        add_finding(draft, by=organizer, at=AT)

    blocks = list(report.blocks.all())
    assert [(b.kind, b.text, b.entry) for b in blocks] == [
        (BlockKind.HEADING, finding.statement, None),
        (BlockKind.ENTRY, "", cleared),
    ]
    assert [link.object for link in chain_of(blocks[0], organizer).grew_out_of.shown] == [finding]
    assert [link.object for link in chain_of(finding, organizer).became.shown] == [report]
    assert chain_of(finding, lead).became.hidden == 1

    edition = freeze(report, submission_id=uuid.uuid4(), by=organizer, at=AT)
    Edition.objects.filter(pk=edition.pk).update(state=EditionState.READY)
    publish(edition, by=organizer, at=AT)

    assert edition in {link.object for link in chain_of(finding, lead).became.shown}


def test_a_finding_of_another_series_stays_out(team):
    organizer = give_role(team.series, Role.ORGANIZER)
    other = make_finding(None, make_entry(make_team()))
    draft = Block(report=make_report(team.series), finding_id=other.pk, submission_id=uuid.uuid4())

    with pytest.raises(ValidationError):
        add_finding(draft, by=organizer, at=AT)


def test_a_finding_is_taken_back_and_stands_again(signed_in, team, lead):
    story = make_story(team, is_cleared=True)
    finding = make_finding(None, story, team=team, author=lead)
    report, organizer = make_report(team.series), give_role(team.series, Role.ORGANIZER)
    reader = person_as("peer", team)
    peer, other = signed_in(reader), make_report(team.series, slug="other")
    note = new_comment(target_of(finding, team), uuid.uuid4())
    note.audience, note.text = Audience.SERIES, "Where?"
    write_comment(note, by=reader, at=AT)
    assert Comment.objects.visible_to(reader).filter(pk=note.pk).exists()
    draft = Block(report=report, finding_id=finding.pk, submission_id=uuid.uuid4())
    add_finding(draft, by=organizer, at=AT)
    browser, page = signed_in(lead), url(team, "finding", finding.pk)
    assert signed_in(coach(team)).post(url(team, "finding-withdraw", finding.pk)).status_code == 403

    for _ in range(2):
        browser.post(url(team, "finding-withdraw", finding.pk))

    assert Event.objects.filter(act="storymaps.finding_withdrawn").count() == 1
    assert peer.get(page).status_code == 404
    assert not Comment.objects.visible_to(reader).filter(pk=note.pk).exists()
    assert Comment.objects.visible_to(lead).filter(pk=note.pk).exists()
    assert "It was taken back" in browser.get(page).text
    assert finding.statement not in browser.get(reverse("storymaps:findings", args=[team.series.slug])).text
    assert finding not in {link.object for link in chain_of(story, lead).became.shown}
    late = Block(report=other, finding_id=finding.pk, submission_id=uuid.uuid4())
    with pytest.raises(ValidationError):
        add_finding(late, by=organizer, at=AT)
    builder = signed_in(organizer).get(reverse("reports:report", args=[team.series.slug, report.slug])).text
    assert "The finding was taken back." in builder

    form = sent([], [story], version=finding.version, statement="They change half of it.")
    assert browser.post(url(team, "finding-edit", finding.pk), form).status_code == 302
    assert peer.get(page).status_code == 200


def test_the_report_says_that_a_finding_has_new_words_and_takes_them(signed_in, team, lead):
    finding = make_finding(None, make_story(team, is_cleared=True), team=team, author=lead)
    report, organizer = make_report(team.series), give_role(team.series, Role.ORGANIZER)
    block = add_finding(
        Block(report=report, finding_id=finding.pk, submission_id=uuid.uuid4()), by=organizer, at=AT
    )
    browser, page = signed_in(organizer), reverse("reports:report", args=[team.series.slug, report.slug])
    assert "The finding says now" not in browser.get(page).text
    Finding.objects.filter(pk=finding.pk).update(statement="They change half of it.")

    assert "The finding says now: “They change half of it.”" in browser.get(page).text
    browser.post(f"{page}blocks/{block.pk}/", {"text": "They change half of it."})

    assert "The finding says now" not in browser.get(page).text
    block.refresh_from_db()
    assert (block.text, block.finding) == ("They change half of it.", finding)
