"""Building, freezing, publishing, and taking a story back."""

import uuid
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from accounts.permissions import Role
from core.text import words_of
from jobs.models import Job
from progress.models import CheckIn, DueDate, Plan, PlanItem
from reports import services
from reports.compose import compose
from reports.document import Entry, Table, checksum, from_json
from reports.editions import as_it_stands, front_page
from reports.models import Block, Edition, EditionKind, EditionState, Report
from reports.web import stories_of
from storymaps.chain import chain_of
from storymaps.models import StoryEntry
from storymaps.services import withdraw_clearance
from teams.models import TeamStatus, TeamStatusChange
from tests.factories.reports import AT, make_edition, make_report, make_story
from tests.factories.series import give_role, make_series
from tests.factories.teams import make_team

pytestmark = pytest.mark.django_db


def block_for(report, entry):
    return Block(report=report, entry=entry, kind="entry", submission_id=uuid.uuid4())


def put_in(report, entry):
    return services.add_entry(block_for(report, entry), by=report.created_by, at=AT)


def tables(doc):
    return [block for section in doc.sections for block in section.blocks if isinstance(block, Table)]


def test_report_double_tap_is_one():
    series = make_series()
    organizer, mark = give_role(series, Role.ORGANIZER), uuid.uuid4()

    drafts = [Report(series=series, title="What we learned", submission_id=mark) for _ in range(2)]
    made = [services.make_report(draft, by=organizer, at=AT) for draft in drafts]

    assert made[0] == made[1]
    assert Report.objects.get().slug == "what-we-learned"


def test_report_of_the_same_title_has_another_address():
    series = make_series()
    organizer = give_role(series, Role.ORGANIZER)

    for _ in range(2):
        draft = Report(series=series, title="What we learned", submission_id=uuid.uuid4())
        services.make_report(draft, by=organizer, at=AT)

    assert sorted(Report.objects.values_list("slug", flat=True)) == ["what-we-learned", "what-we-learned-2"]


def test_facilitator_may_not_build():
    series = make_series()
    draft = Report(series=series, title="What we learned", submission_id=uuid.uuid4())

    with pytest.raises(PermissionDenied):
        services.make_report(draft, by=give_role(series, Role.FACILITATOR), at=AT)


def test_cleared_story_goes_in_once():
    entry = make_story(is_cleared=True)
    report = make_report(entry.team.series)

    assert put_in(report, entry) == put_in(report, entry)
    assert report.blocks.get().entry == entry


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({}, "ask the team"),
        ({"author_is_under_18": True}, "under 18"),
        ({"names_people": True}, "shows a person"),
        ({"visibility": "team"}, "ask the team"),
        ({"visibility": "public"}, "ask the team"),  # public by no approval
    ],
)
def test_uncleared_story_is_refused_with_a_reason(fields, reason):
    entry = make_story(**fields)
    report = make_report(entry.team.series)

    with pytest.raises(ValidationError, match=reason):
        put_in(report, entry)
    assert not report.blocks.exists()


def test_story_of_another_series_is_refused():
    report = make_report()

    with pytest.raises(ValidationError, match="not in this series"):
        put_in(report, make_story(is_cleared=True))


def test_blocks_change_places():
    entry = make_story(is_cleared=True)
    report = make_report(None, entry)
    heading, story = report.blocks.all()

    assert services.move_block(story, up=True, by=report.created_by, at=AT)
    assert list(report.blocks.all()) == [story, heading]
    assert not services.move_block(story, up=True, by=report.created_by, at=AT)


def test_check_list_says_what_is_in_the_way():
    cleared = make_story(is_cleared=True, is_sample=True)
    uncleared = make_story(cleared.team, title="Not yet")
    report = make_report(None, cleared, uncleared)
    Block.objects.create(report=report, position=9, kind="text", text=" ", submission_id=uuid.uuid4())

    found = services.check_list(report, services.blocks_of(report))

    assert [check.text for check in found if check.blocks] == [
        "A heading or text is empty.",
        "“Not yet” is not cleared.",
    ]
    assert any("SAMPLE" in str(check.text) for check in found)


def test_freeze_refuses_what_is_not_cleared():
    report = make_report(None, make_story())

    with pytest.raises(ValidationError, match="not cleared"):
        services.freeze(report, submission_id=uuid.uuid4(), by=report.created_by, at=AT)
    assert not Edition.objects.exists()


def test_freeze_makes_an_edition_and_owes_its_pdf():
    entry = make_story(is_cleared=True)

    edition = make_edition(entry)

    doc = from_json(edition.document)
    assert (edition.number, edition.state, edition.entry_ids) == (1, EditionState.MAKING, [entry.pk])
    assert edition.checksum == checksum(doc)
    assert [story.title for story in stories_of(doc)] == ["Reading the record"]
    assert Job.objects.get(kind="reports.make_pdf").payload["edition_id"] == edition.pk


def test_freeze_double_tap_is_one_edition():
    report = make_report(None, make_story(is_cleared=True))
    mark = uuid.uuid4()

    made = {services.freeze(report, submission_id=mark, by=report.created_by, at=AT).pk for _ in range(2)}

    assert len(made) == 1
    assert Job.objects.filter(kind="reports.make_pdf").count() == 1


def test_edition_keeps_its_words_when_the_entry_changes():
    entry = make_story(is_cleared=True)
    edition = make_edition(entry)

    StoryEntry.objects.filter(pk=entry.pk).update(text="Something else", title="Something else")

    edition.refresh_from_db()
    assert words_of(stories_of(as_it_stands(edition))[0].ast) == "We read ten years of minutes aloud."


def test_no_person_stands_in_a_document():
    entry = make_story(is_cleared=True)
    edition = make_edition(entry)

    words = str(edition.document)
    for person in (entry.author, edition.frozen_by):
        assert person.name not in words
        assert person.email not in words


def test_sample_data_says_so():
    assert from_json(make_edition(make_story(is_cleared=True, is_sample=True)).document).meta.is_sample
    assert not from_json(make_edition(make_story(is_cleared=True)).document).meta.is_sample


def test_story_grew_out_of_is_told_without_what_was_not_cleared():
    team = make_team()
    earlier = make_story(team, is_cleared=True, title="The count")
    hidden = make_story(team, title="A private matter")
    plan = Plan.objects.create(team=team, period=team.series.periods.first())
    item = PlanItem.objects.create(
        plan=plan, what="Secret wording", added_by=earlier.author, added_at=AT, submission_id=uuid.uuid4()
    )
    entry = make_story(team, is_cleared=True)
    entry.grew_out_of_items.add(item)
    entry.grew_out_of_entries.add(earlier, hidden)

    edition = make_edition(entry)

    lines = stories_of(from_json(edition.document))[0].grew_out_of
    assert [line.text for line in lines] == [
        "what the team planned for Action Period 1",
        f"The count ({team.name})",
        "1 earlier story that is not published",
    ]
    assert edition.entry_ids == sorted([earlier.pk, entry.pk])
    assert "Secret wording" not in str(edition.document)
    assert "private matter" not in str(edition.document)


def test_numbers_have_denominators():
    series = make_series()
    told = make_team(series, name="Jackson")
    silent = make_team(series, name="Vermont", status=TeamStatus.WITHDRAWN)
    why = "The school closed"
    TeamStatusChange.objects.create(team=silent, status="withdrawn", on=date(2026, 5, 3), reason=why)
    entry = make_story(told, is_cleared=True)
    entry.drivers.set(series.drivers.all()[:2])
    period, author = series.periods.first(), entry.author
    for team, day in ((told, 1), (told, 8), (told, 15), (silent, 1), (silent, 8)):
        DueDate.objects.create(team=team, period=period, due_on=date(2026, 5, day), is_excused=day == 15)
    due = DueDate.objects.get(team=told, due_on=date(2026, 5, 1))
    late = {"filed_at": AT, "filed_on": date(2026, 5, 4), "submission_id": uuid.uuid4()}
    CheckIn.objects.create(due=due, going="well", filed_by=author, **late)

    doc, _ = compose(make_report(None, entry), by=give_role(series, Role.ORGANIZER), at=AT)

    teams, drivers, check_ins = tables(doc)
    assert teams.caption.startswith("1 of 2 teams")
    assert [row[-1] for row in teams.rows] == ["active", "left on 3 May 2026: The school closed"]
    assert dict(drivers.rows) == {
        "Policy": "1", "Practice": "1", "Public narrative": "0", "Strategy": "0", "Stories in all": "1",
    }  # fmt: skip
    assert check_ins.rows[-1] == ("In all", "4", "1", "1", "1", "2")  # what was due after it left is not


def test_publish_once_and_owe_the_front_page():
    edition = make_edition(make_story(is_cleared=True))
    with pytest.raises(ValidationError, match="not ready"):
        services.publish(edition, by=edition.frozen_by, at=AT)
    Edition.objects.update(state=EditionState.READY)

    assert services.publish(edition, by=edition.frozen_by, at=AT)
    assert not services.publish(edition, by=edition.frozen_by, at=AT + timedelta(days=1))
    edition.refresh_from_db()
    assert edition.published_at == AT
    assert Job.objects.filter(kind="reports.make_front_page").count() == 1


def test_facilitator_may_not_publish():
    edition = make_edition(make_story(is_cleared=True))

    with pytest.raises(PermissionDenied):
        services.publish(edition, by=give_role(edition.series, Role.FACILITATOR), at=AT)


def test_front_page_holds_places_and_findings_and_nobody():
    entry = make_story(is_cleared=True)
    edition = make_edition(entry, is_published=True)

    front = front_page(edition.series.slug)

    assert [team.place for team in front.teams] == ["Jackson, Mississippi"]
    assert front.issues[0].findings[0].title == "Being asked"
    assert front.issues[0].findings[0].stories[0].title == "Reading the record"
    assert entry.author.name not in str(front)


def test_front_page_made_twice_is_one():
    edition = make_edition(make_story(is_cleared=True), is_published=True)
    mark = uuid.uuid4()

    for _ in range(2):
        services.make_front_page(edition.series, submission_id=mark, by=edition.frozen_by, at=AT)

    assert Edition.objects.filter(kind=EditionKind.FRONT_PAGE).count() == 2  # that of the factory, and this


def test_withdrawal_takes_a_story_out_of_every_edition_at_once():
    entry = make_story(is_cleared=True)
    other = make_story(entry.team, is_cleared=True, title="The other")
    edition = make_edition(entry, other, is_published=True)
    Edition.objects.filter(pk=edition.pk).update(pdf="editions/old.pdf")

    withdraw_clearance(entry, by=entry.author, at=AT)

    edition.refresh_from_db()
    assert (edition.withdrawn_ids, edition.state) == ([entry.pk], EditionState.MAKING)
    assert [story.title for story in stories_of(as_it_stands(edition))] == ["The other"]
    front = front_page(edition.series.slug)
    assert [story.title for story in front.issues[0].findings[0].stories] == ["The other"]
    assert Job.objects.filter(kind="reports.make_pdf").count() == 2
    assert Job.objects.filter(kind="reports.make_front_page").count() == 2
    assert services.not_recallable(edition.report) == [edition]


def test_withdrawal_says_so_in_the_edition():
    entry = make_story(is_cleared=True)
    edition = make_edition(entry, make_story(entry.team, is_cleared=True), is_published=True)

    withdraw_clearance(entry, by=entry.author, at=AT)

    edition.refresh_from_db()
    section = as_it_stands(edition).sections[-1]
    assert section.title == "Taken back since"
    assert words_of(section.blocks[0].ast).startswith("1 story that stood here was taken back")


def test_withdrawal_takes_the_quotation_out_too():
    earlier = make_story(is_cleared=True, title="The count")
    entry = make_story(earlier.team, is_cleared=True)
    entry.grew_out_of_entries.add(earlier)
    edition = make_edition(entry)

    withdraw_clearance(earlier, by=earlier.author, at=AT)

    edition.refresh_from_db()
    assert stories_of(as_it_stands(edition))[0].grew_out_of == ()


def test_story_knows_the_edition_that_it_became():
    entry = make_story(is_cleared=True)
    edition = make_edition(entry, is_published=True)

    links = chain_of(entry, edition.frozen_by).became.shown
    stranger_side = chain_of(entry, give_role(make_series(), Role.ORGANIZER)).became

    assert [link.url for link in links] == [
        f"/summit/{edition.series.slug}/1/#story-{entry.pk}",
        f"/series/{edition.series.slug}/reports/{edition.report.slug}/",
    ]
    assert [link.title for link in stranger_side.shown] == ["in “What we learned”, edition 1"]
    assert stranger_side.hidden == 1


def test_block_grew_out_of_its_story():
    entry = make_story(is_cleared=True)
    report = make_report(None, entry)

    links = chain_of(report.blocks.get(entry=entry), report.created_by).grew_out_of.shown

    assert [link.object for link in links] == [entry]


def test_entries_of_a_document_are_plain():
    edition = make_edition(make_story(is_cleared=True))

    assert isinstance(stories_of(from_json(edition.document))[0], Entry)


def test_withdrawal_of_the_only_story_takes_its_chapter_too():
    entry = make_story(is_cleared=True)
    edition = make_edition(entry, is_published=True)

    withdraw_clearance(entry, by=entry.author, at=AT)

    edition.refresh_from_db()
    assert [section.id for section in as_it_stands(edition).sections] == ["numbers", "taken-back"]
    assert front_page(edition.series.slug).issues[0].findings == ()
