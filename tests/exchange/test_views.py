"""The pages of a round: what each reader finds there, what is kept of what was typed, how much is asked."""

import uuid
from datetime import timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Draft
from accounts.permissions import Role
from exchange import reading, services
from exchange.models import Answer, Post, Round
from storymaps.models import StoryEntry
from teams.models import Membership, TeamStatus
from tests.factories.exchange import OPENS, give, make_answer, make_post, make_round
from tests.factories.series import give_role
from tests.factories.storymaps import AT
from tests.factories.teams import coach, join, make_team

pytestmark = pytest.mark.django_db
AFTER = AT + timedelta(days=30)


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


@pytest.fixture
def round_(team):
    return make_round(team.series)


def round_url(round_) -> str:
    return reading.round_url(round_)


def form_url(round_, team) -> str:
    return reading.team_post_url(round_, team)


def test_a_facilitator_opens_a_round_with_days_amid_the_period(team, signed_in):
    client = signed_in(give_role(team.series, Role.FACILITATOR))
    url = reverse("exchange:round-add", args=[team.series.slug])
    page = client.get(url)
    proposed = page.context["form"].initial
    period = team.series.periods.get(number=1)
    assert period.starts_on < proposed["opens_on"] < proposed["closes_on"] < proposed["answers_due_on"]
    assert proposed["answers_due_on"] <= team.series.periods.last().ends_on

    form = {name: str(value) for name, value in proposed.items()} | {"submission_id": uuid.uuid4()}
    bad = client.post(url, form | {"closes_on": "2026-01-01"})
    assert bad.status_code == 422
    assert b"cannot be before" in bad.content
    done = client.post(url, form)
    made = Round.objects.get(series=team.series)
    assert done.url == round_url(made)
    assert client.post(url, form).url == round_url(made)


def test_a_team_posts_and_a_bad_post_keeps_what_was_typed(team, lead, round_, signed_in):
    client = signed_in(lead)
    url = form_url(round_, team)
    form = {"text": "", "language": "en", "version": "0", "submission_id": uuid.uuid4()}

    empty = client.post(url, form)
    assert empty.status_code == 422
    assert b"Record something" in empty.content
    wrong = client.post(url, form | {"text": "We met.", "language": "xx"})
    assert wrong.status_code == 422
    assert b"We met." in wrong.content
    done = client.post(url, form | {"text": "We met."})
    post = Post.objects.get()
    assert done.url == reading.post_url(post)
    assert client.post(url, form | {"text": "We met."}).url == done.url
    late = client.post(url, form | {"text": "We did not.", "submission_id": uuid.uuid4()})
    assert late.status_code == 409
    assert b"We did not." in late.content
    assert b"We met." in late.content


def test_a_film_comes_with_the_form_and_is_not_lost(team, lead, round_, signed_in):
    film = SimpleUploadedFile("talk.mp4", b"\x00\x00\x00\x18ftypmp42" + b"\x00" * 40, "video/mp4")
    form = {"text": "", "language": "xx", "version": "0", "submission_id": uuid.uuid4(), "file": film}
    client = signed_in(lead)

    refused = client.post(form_url(round_, team), form)
    assert refused.status_code == 422
    key = refused.context["form"].kept.key
    form |= {"language": "en", "file_key": key}
    form.pop("file")
    assert client.post(form_url(round_, team), form).status_code == 302
    assert Post.objects.get().file.key == key


def test_a_draft_of_a_post_is_kept_and_goes_when_it_is_sent(team, lead, round_, signed_in):
    client = signed_in(lead)
    page = client.get(form_url(round_, team))
    data = {"data": {"text": ["We have"]}, "seq": 0}
    client.post(page.context["draft_url"], data, content_type="application/json")

    assert b"We have" in client.get(form_url(round_, team)).content
    form = {"text": "We have met.", "language": "en", "version": "0", "submission_id": uuid.uuid4()}
    client.post(form_url(round_, team), form)
    assert not Draft.objects.exists()


def test_a_round_shows_a_team_what_it_owes_and_what_it_got(team, lead, round_, signed_in):
    mine, other, third = make_post(round_, team), make_post(round_), make_post(round_)
    give(team, other)
    give(team, third)
    make_answer(third, team)
    make_answer(mine, other.team, wonders="Who cooked?")
    make_team(team.series, name="Zebra Hill")
    make_team(team.series, name="Paused Place", status=TeamStatus.PAUSED)

    page = signed_in(lead).get(round_url(round_))

    ours = page.context["board"].ours[0]
    assert {(told.post.pk, done) for told, done in ours.to_answer} == {(other.pk, False), (third.pk, True)}
    assert b"Who cooked?" in page.content
    assert [each.name for each in page.context["board"].not_yet] == ["Zebra Hill"]
    assert b"Paused Place" not in page.content
    assert b"Give out" not in page.content


def test_after_the_last_day_posts_without_answers_are_open_to_all(team, lead, round_, signed_in):
    post = make_post(round_)
    make_post(round_, make_team(team.series, name="Paused Place", status=TeamStatus.PAUSED))
    give(team, post)
    waits = b"still wait for an answer"
    assert waits not in signed_in(lead).get(round_url(round_)).content
    with time_machine.travel(AFTER, tick=False):
        page = signed_in(lead).get(round_url(round_))
        assert waits in page.content
        assert b"given to" not in page.content
        assert [told.post for told in page.context["waiting"]] == [post]
        run = signed_in(give_role(team.series, Role.ORGANIZER)).get(round_url(round_))
        assert b"given to" in run.content
        for answerer in (team, make_team(team.series)):
            make_answer(post, answerer)
        assert waits not in signed_in(lead).get(round_url(round_)).content


def test_a_member_answers_for_the_team_and_goes_on_with_it(team, lead, round_, signed_in):
    post = make_post(round_)
    client, url = signed_in(lead), reading.post_url(post)
    form = {"resonates": "The porch.", "version": "0", "as": team.pk, "submission_id": uuid.uuid4()}

    assert client.post(url, form | {"resonates": " "}).status_code == 422
    assert client.post(url, form).status_code == 302
    assert client.post(url, form).status_code == 302
    answer = Answer.objects.get()
    assert (answer.team, answer.author) == (team, lead)
    page = client.get(url)
    assert page.context["standing"] == answer
    more = form | {"version": "1", "offers": "A letter.", "submission_id": uuid.uuid4()}
    assert client.post(url, more).status_code == 302
    answer.refresh_from_db()
    assert answer.offers == "A letter."
    stale = client.post(url, more | {"offers": "A song."})
    assert stale.status_code == 409
    assert b"A song." in stale.content
    assert client.post(url, form | {"as": post.team.pk}).status_code == 404
    assert client.post(url, form | {"as": "me"}).status_code == 404


def test_a_coach_answers_for_a_coached_team_or_in_their_own_name(team, round_, signed_in):
    post, luz = make_post(round_), coach(team)
    url, client = reading.post_url(post), signed_in(luz)
    assert client.get(url).context["speaker"] is None
    give(team, post)
    assert client.get(url).context["speaker"] == team

    for voice in ("me", team.pk):
        form = {"wonders": "How?", "version": "0", "as": voice, "submission_id": uuid.uuid4()}
        assert client.post(url, form).status_code == 302
    assert {(answer.team, answer.who) for answer in Answer.objects.all()} == {
        (None, luz.name),
        (team, team.name),
    }


def test_a_name_of_somebody_young_stands_on_no_page(team, round_, signed_in):
    young = join(team, Role.STORYTELLER, is_under_18=True)
    young.name = "Kiara Unmistakable"
    young.save()
    mine = make_post(round_, team, by=young)
    other = make_post(round_)
    make_answer(other, team, by=young)
    reader = signed_in(join(other.team))

    for url in (round_url(round_), reading.post_url(mine), reading.post_url(other)):
        assert b"Unmistakable" not in reader.get(url).content


def test_a_post_taken_back_is_gone_for_others_and_can_be_posted_again(team, lead, round_, signed_in):
    post = make_post(round_, team)
    reader, client = signed_in(join(make_team(team.series))), signed_in(lead)
    act = reverse("exchange:post-withdraw", args=[team.series.slug, round_.number, post.pk])

    assert reader.post(act).status_code == 403
    assert client.post(act).status_code == 302
    assert reader.get(reading.post_url(post)).status_code == 404
    assert client.get(reading.post_url(post)).status_code == 200
    form = {"text": "Once more.", "language": "en", "version": "1", "submission_id": uuid.uuid4()}
    assert client.post(form_url(round_, team), form).status_code == 302
    assert reader.get(reading.post_url(post)).status_code == 200


def test_one_tap_keeps_a_post_on_the_map_and_one_thanks(team, lead, round_, signed_in):
    post = make_post(round_, team)
    answer = make_answer(post, make_team(team.series))
    client, where = signed_in(lead), [team.series.slug, round_.number]

    client.post(reverse("exchange:post-keep", args=[*where, post.pk]))
    client.post(reverse("exchange:answer-thank", args=[*where, answer.pk]), {"back": "round"})

    assert StoryEntry.objects.get(team=team).exchange_post == post
    assert b"Thanked" in client.get(reading.post_url(post)).content


def test_a_teams_home_and_the_series_lead_to_what_waits(team, lead, round_, signed_in):
    client, home = signed_in(lead), reverse("desk:team-home", args=[team.series.slug, team.slug])
    assert form_url(round_, team).encode() in client.get(home).content
    make_post(round_, team)
    for post in (make_post(round_), make_post(round_)):
        give(team, post)
    page = client.get(home)
    assert form_url(round_, team).encode() not in page.content
    assert b"2 teams wait for your answer" in page.content
    series_home = client.get(reverse("desk:series-home", args=[team.series.slug]))
    assert round_url(round_).encode() in series_home.content


def test_an_ended_series_asks_for_nothing(team, lead, round_, signed_in):
    team.series.status = "archived"
    team.series.save(update_fields=["status"])

    page = signed_in(lead).get(form_url(round_, team))

    assert b"This series is over." in page.content
    form = {"text": "Late.", "language": "en", "version": "0", "submission_id": uuid.uuid4()}
    assert signed_in(lead).post(form_url(round_, team), form).status_code == 422


def test_what_was_typed_as_a_sign_in_ended_is_kept(team, lead, round_):
    post = make_post(round_)
    slug = team.series.slug

    found = services.kept_post(lead, series_slug=slug, team_slug=team.slug, number=round_.number)
    assert found == services.draft_of_post(round_, team)
    answer = services.kept_answer(lead, series_slug=slug, number=round_.number, post_id=post.pk)
    assert answer == services.draft_of_answer(post)
    Membership.objects.filter(person=lead).delete()
    assert services.kept_answer(lead, series_slug=slug, number=round_.number, post_id=post.pk) is None


def queries(client, url) -> int:
    client.get(url)
    with CaptureQueriesContext(
        connection,
    ) as found:
        assert client.get(url).status_code == 200
    return len(found)


def fill(round_, team, count) -> None:
    for _ in range(count):
        post = make_post(round_)
        give(team, post)
        make_answer(post, make_team(round_.series))
        make_answer(round_.posts.get(team=team), post.team)


def test_pages_ask_as_much_for_one_as_for_many(team, lead, round_, signed_in):
    mine = make_post(round_, team)
    fill(round_, team, 1)
    client = signed_in(lead)
    urls = [
        reverse("exchange:rounds", args=[team.series.slug]),
        round_url(round_),
        reading.post_url(mine),
        reverse("desk:team-home", args=[team.series.slug, team.slug]),
    ]
    few = [queries(client, url) for url in urls]

    fill(round_, team, 6)
    make_round(team.series, opens_on=OPENS - timedelta(days=1))

    assert [queries(client, url) for url in urls] == few
