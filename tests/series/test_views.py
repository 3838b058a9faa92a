"""The wizard, the set-up page and the calendar, as a browser meets them."""

import uuid
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.permissions import Role
from series.calendar import ShapeKind, check
from series.frame import layout_of
from series.models import Series, SeriesStatus
from series.recipe import Recipe
from tests.factories.accounts import make_administrator, make_person
from tests.factories.series import give_role, make_series
from tests.factories.teams import coach, join, make_team
from tests.series.test_forms import SUGGESTION, answers

pytestmark = pytest.mark.django_db
NEW = "/series/new/"
HTMX = {"HX-Request": "true"}


@pytest.fixture
def administrator(signed_in) -> Client:
    return signed_in(make_administrator())


def sent(act: str = "save", recipe: Recipe = SUGGESTION, submission: str = "", **changed: str) -> dict:
    data = answers(recipe, **changed)
    return {
        **{name: data.getlist(name) for name in data},
        "act": act,
        "submission_id": submission or str(uuid.uuid4()),
    }


def test_the_wizard_shows_every_day_before_anything_is_typed(administrator):
    response = administrator.get(NEW)

    page = response.content.decode()
    assert response.status_code == 200
    assert 'class="cal24"' in page
    assert "Action Period 3:" in page


def test_the_wizard_saves_a_draft_and_leads_to_its_teams(administrator):
    response = administrator.post(NEW, sent(**{"session-1-place": "Jackson"}))

    series = Series.objects.get()
    assert response.url == reverse("teams:team-add", args=[series.slug])
    assert (series.name, series.status, series.rhythm_month_day) == ("Plans", SeriesStatus.DRAFT, 31)
    assert layout_of(series) == SUGGESTION.lay_out()
    assert series.sessions.first().place == "Jackson"
    assert administrator.get(response.url).status_code == 200


def test_a_double_tap_is_one_series(administrator):
    data = sent()
    first, second = administrator.post(NEW, data), administrator.post(NEW, data)

    assert first.url == second.url
    assert Series.objects.count() == 1


def test_the_misprint_of_the_pilot_is_refused_with_both_names_and_what_was_typed_is_kept(administrator):
    pilot = Recipe(ShapeKind.SEVERAL_PLACES, date(2014, 11, 7), (6, 6, 6))
    typed = {
        "session-1-ends_on": "2014-11-11",
        "session-2-starts_on": "2014-09-18",
        "session-2-ends_on": "2014-09-22",
    }

    response = administrator.post(NEW, sent(recipe=pilot, **typed))

    page = response.content.decode()
    assert response.status_code == 422
    assert (
        "Session B begins on 18 September 2014. That is before Session A, which begins on 7 November 2014."
        in page
    )
    assert 'value="2014-09-18"' in page
    assert "Who writes the plans?" in page
    assert not Series.objects.exists()


def test_looking_asks_for_no_name(administrator):
    response = administrator.post(NEW, sent("look", name="", question=""))

    assert response.status_code == 200
    assert "This field is required" not in response.content.decode()


def test_saving_after_another_rhythm_shows_the_new_dates_first(administrator):
    data = sent(start="2026-10-15")
    response = administrator.post(NEW, data)

    page = response.content.decode()
    assert response.status_code == 422
    assert "laid out anew" in page
    assert 'value="2027-04-15"' in page
    assert not Series.objects.exists()


def test_a_warning_is_shown_and_saved_only_when_it_is_accepted(administrator):
    data = sent(**{"session-1-ends_on": "2026-09-21"})
    asked = administrator.post(NEW, data)
    accepted = administrator.post(NEW, data | {"accepted": ["session-length:session-1-ends_on:5"]})

    assert asked.status_code == 422
    assert "Session A lasts 5 days. Two is usual." in asked.content.decode()
    assert accepted.status_code == 302
    assert Series.objects.get().accepted_warnings == ["session-length:session-1-ends_on:5"]


def test_a_swap_gets_the_dates_and_the_calendar_alone(administrator):
    response = administrator.post(NEW, sent("look", shape="community"), headers=HTMX)

    page = response.content.decode()
    assert "<html" not in page
    assert 'id="years"' in page
    assert 'hx-swap-oob="innerHTML:#cal"' in page
    assert 'name="session-7-starts_on"' in page


def test_a_post_without_any_field_is_a_page_and_not_a_fault(administrator):
    assert administrator.post(NEW, {"act": "save"}).status_code == 422


def test_adults_may_create_where_the_installation_says_so(signed_in, settings):
    adult, young, unproven = make_person(), join(make_team(), is_under_18=True), make_person()
    unproven.emailaddress_set.update(verified=False)
    assert signed_in(adult).get(NEW).status_code == 403

    settings.WHO_MAY_CREATE_SERIES = "adults"

    assert signed_in(adult).get(NEW).status_code == 200
    assert signed_in(young).get(NEW).status_code == 403
    assert signed_in(unproven).get(NEW).status_code == 403


def test_set_up_says_what_is_missing_and_opens(signed_in):
    series = make_series(status=SeriesStatus.DRAFT)
    client = signed_in(give_role(series, Role.FACILITATOR))
    page = client.get(reverse("series:set-up", args=[series.slug])).content.decode()

    response = client.post(reverse("series:open", args=[series.slug]))

    assert "3 things are still missing" in page
    assert "There is no team yet." in page
    assert response.status_code == 302
    series.refresh_from_db()
    assert series.status == SeriesStatus.OPEN


def test_set_up_names_the_teams_without_a_coach(signed_in):
    series = make_series()
    coached, alone = make_team(series), make_team(series)
    coach(coached)

    page = signed_in(give_role(series, Role.FACILITATOR)).get(reverse("series:set-up", args=[series.slug]))

    assert f"Without a coach: {alone.name}." in page.content.decode()


def test_the_calendar_is_read_by_all_and_moved_by_those_who_configure(signed_in):
    team = make_team()
    url = reverse("series:calendar", args=[team.series.slug])
    move = reverse("series:session-move", args=[team.series.slug, 1])

    member = signed_in(join(team)).get(url).content.decode()
    facilitator = signed_in(give_role(team.series, Role.FACILITATOR)).get(url).content.decode()

    assert "Session B" in member
    assert move not in member
    assert move in facilitator


def test_a_move_is_previewed_then_made(signed_in):
    series = make_series()
    client, url = (
        signed_in(give_role(series, Role.FACILITATOR)),
        reverse("series:session-move", args=[series.slug, 1]),
    )
    stands = layout_of(series).sessions[1].starts_on
    wanted = {"starts_on": "2026-10-13", "was_on": stands.isoformat(), "mode": "only"}

    look = client.post(url, wanted | {"act": "look"})
    unasked = client.post(url, wanted | {"act": "move"})
    keys = [found.key for found in look.context["findings"].warnings]
    moved = client.post(url, wanted | {"act": "move", "accepted": keys})

    assert look.status_code == 200
    assert "What this changes" in look.content.decode()
    assert (unasked.status_code, moved.status_code) == (422, 302)
    fresh = layout_of(Series.objects.get(pk=series.pk))
    assert fresh.sessions[1].starts_on == date(2026, 10, 13)
    assert check(fresh, Series.objects.get(pk=series.pk).accepted_warnings).is_fine


def test_a_move_onto_another_session_is_refused_at_the_field(signed_in):
    series = make_series()
    client, url = (
        signed_in(give_role(series, Role.ORGANIZER)),
        reverse("series:session-move", args=[series.slug, 1]),
    )
    stands = layout_of(series).sessions[1].starts_on

    response = client.post(
        url, {"starts_on": "2027-06-01", "was_on": stands.isoformat(), "mode": "only", "act": "move"}
    )

    assert response.status_code == 422
    assert "Session C begins on 6 April 2027." in response.context["form"].errors["starts_on"][0]


def test_a_move_of_no_session_is_not_found(signed_in):
    series = make_series()
    client = signed_in(give_role(series, Role.ORGANIZER))

    assert client.get(reverse("series:session-move", args=[series.slug, 4])).status_code == 404
    assert (
        client.post(reverse("series:session-place", args=[series.slug, 4]), {"place": "x"}).status_code == 404
    )


def test_question_and_drivers_are_reworded_and_no_driver_is_lost(signed_in):
    series = make_series()
    client, url = signed_in(give_role(series, Role.FACILITATOR)), reverse("series:words", args=[series.slug])
    names = {
        "driver-1": "Law",
        "driver-2": "Practice",
        "driver-3": "Public narrative",
        "driver-4": "Strategy",
    }

    refused = client.post(url, {"question": "And now?"} | names | {"driver-2": ""})
    saved = client.post(url, {"question": "And now?"} | names)

    assert (refused.status_code, saved.status_code) == (422, 302)
    assert series.questions.first().text == "And now?"
    assert series.drivers.get(slot=1).name == "Law"


@pytest.mark.parametrize("name", ["series:set-up", "series:calendar"])
def test_pages_of_a_series_ask_as_often_for_one_team_as_for_three(name, signed_in, django_assert_num_queries):
    series = make_series()
    client = signed_in(give_role(series, Role.FACILITATOR))
    coach(make_team(series))
    url = reverse(name, args=[series.slug])
    client.get(url)
    with CaptureQueriesContext(connection) as one:
        client.get(url)
    for _team in range(2):
        coach(make_team(series))
    with django_assert_num_queries(len(one)):
        client.get(url)
