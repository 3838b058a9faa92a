"""Setting up teams and people, and coming in by an invitation, as a browser meets them."""

import re
import uuid

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from accounts.permissions import Role
from core import clock
from series.models import Series, SeriesRole, SeriesStatus
from teams.invitations import Offer, invite, revoke
from teams.models import CoachAssignment, Invitation, InvitationState, Membership, Team
from teams.tasks import send_invitation
from tests.factories.accounts import make_person
from tests.factories.series import give_role, make_series
from tests.factories.teams import coach, join, make_team

pytestmark = pytest.mark.django_db
EMAIL = "ana@example.org"


@pytest.fixture
def series() -> Series:
    return make_series()


@pytest.fixture
def facilitator(series, signed_in) -> Client:
    return signed_in(give_role(series, Role.FACILITATOR))


def link_of(team: Team, email: str = EMAIL, role: Role = Role.STORYTELLER) -> str:
    """The path in the mail of a new invitation."""
    offer = Offer(series=team.series, team=team, role=role)
    (invitation,) = invite([email], offer, by=give_role(team.series, Role.ORGANIZER), at=clock.now())
    send_invitation(invitation.pk, at=clock.now()).then()
    return re.search(r"http://localhost:8000(/invitations/[\w-]+/)", mail.outbox[-1].body)[1]


# --- teams ------------------------------------------------------------------------------------


def team_data(**fields) -> dict[str, str]:
    return {
        "name": "Pearl River",
        "place": "Jackson",
        "code": "",
        "focus_area": "",
        "time_zone": "America/Chicago",
        "submission_id": str(uuid.uuid4()),
    } | fields


def test_a_team_is_added_once_for_two_taps(facilitator, series):
    data, url = team_data(), reverse("teams:team-add", args=[series.slug])

    assert facilitator.post(url, data).status_code == 302
    assert facilitator.post(url, data).status_code == 302

    assert [(team.name, team.code) for team in series.teams.all()] == [("Pearl River", "JAC")]
    assert "1 team carries the question home" in facilitator.get(url).content.decode()


@pytest.mark.parametrize("wrong", [{"name": "pearl river"}, {"name": ""}, {"code": "A"}, {"code": "É?"}])
def test_a_team_that_cannot_be_is_refused_at_its_field(facilitator, series, wrong):
    make_team(series, name="Pearl River", slug="x")

    response = facilitator.post(
        reverse("teams:team-add", args=[series.slug]), team_data(**({"name": "Hill"} | wrong))
    )

    assert response.status_code == 422
    assert next(iter(wrong)) in response.context["form"].errors
    assert series.teams.count() == 1


# --- people -----------------------------------------------------------------------------------


def paste(team: Team | None, text: str = EMAIL, act: str = "look", role: str = "member", **more) -> dict:
    return {
        "addresses": text,
        "act": act,
        "role": role,
        "team": team.pk if team else "",
        "language": "en",
    } | more


def test_people_are_looked_over_first_and_invited_after_a_yes(facilitator, series):
    team, url = make_team(series), reverse("teams:people", args=[series.slug])

    look = facilitator.post(url, paste(team, f"{EMAIL}, bad"))
    assert Invitation.objects.count() == 0
    yes = facilitator.post(url, paste(team, f"{EMAIL}, bad", act="invite"))

    page = look.content.decode()
    assert look.status_code == 200
    assert "1 person will be invited" in page
    assert "There is no @ in it." in page
    assert yes.status_code == 302
    assert Invitation.objects.get().email == EMAIL
    assert "The mail is on its way." in facilitator.get(url).content.decode()


def test_a_facilitator_is_not_offered_the_roles_above_their_own(facilitator, series):
    url = reverse("teams:people", args=[series.slug])

    assert "Organizer" not in str(facilitator.get(url).context["form"]["role"])
    assert facilitator.post(url, paste(None, role="organizer", act="invite")).status_code == 422
    assert not Invitation.objects.exists()


@pytest.mark.parametrize(
    ("data", "where"),
    [
        (lambda team: paste(None), "team"),
        (lambda team: paste(team, role="observer"), "team"),
        (lambda team: paste(None, role="observer", is_under_18="on"), "is_under_18"),
        (lambda team: paste(team, ""), "addresses"),
        (lambda team: paste(team, "\n".join(f"p{n}@example.org" for n in range(201))), "addresses"),
        (lambda team: paste(make_team()), "team"),
    ],
)
def test_a_paste_that_cannot_be_is_refused_at_its_field(facilitator, series, data, where):
    response = facilitator.post(reverse("teams:people", args=[series.slug]), data(make_team(series)))

    assert response.status_code == 422
    assert where in response.context["form"].errors


def test_an_invitation_is_sent_again_and_taken_back(facilitator, series):
    link = link_of(make_team(series))
    invitation = Invitation.objects.get()
    url = reverse("teams:invitation-again", args=[series.slug, invitation.pk])

    assert facilitator.post(url, {"act": "resend"}).status_code == 302
    assert Client().get(link).status_code == 200
    assert facilitator.post(url, {"act": "revoke"}).status_code == 302

    invitation.refresh_from_db()
    assert invitation.state == InvitationState.REVOKED
    assert Client().get(link).status_code == 404


def test_a_lead_takes_back_only_what_is_of_their_team(series, signed_in):
    mine, other = make_team(series), make_team(series)
    client = signed_in(join(mine, Role.LEAD))
    link_of(mine)
    link_of(other, "b@example.org")
    of_mine, of_other = Invitation.objects.get(team=mine), Invitation.objects.get(team=other)

    done = client.post(
        reverse("teams:invitation-again", args=[series.slug, of_mine.pk]), {"act": "revoke", "back": "team"}
    )
    refused = client.post(
        reverse("teams:invitation-again", args=[series.slug, of_other.pk]), {"act": "revoke"}
    )

    assert done.url == reverse("teams:members", args=[series.slug, mine.slug])
    assert refused.status_code == 403


def test_the_last_organizer_stays_and_is_told_why(series, signed_in):
    organizer = give_role(series, Role.ORGANIZER)
    client, held = signed_in(organizer), SeriesRole.objects.get(person=organizer)
    url = reverse("teams:role-end", args=[series.slug, held.pk])

    assert client.get(url).status_code == 200
    response = client.post(url, follow=True)

    assert "A series needs an organizer." in response.content.decode()
    assert SeriesRole.objects.held(organizer).exists()


def test_a_facilitator_cannot_end_an_organizer(facilitator, series):
    organizer = give_role(series, Role.ORGANIZER)
    held = SeriesRole.objects.get(person=organizer)

    assert facilitator.post(reverse("teams:role-end", args=[series.slug, held.pk])).status_code == 403


# --- the people of a team -----------------------------------------------------------------------


def test_a_lead_invites_changes_a_role_and_lets_somebody_go(signed_in):
    team = make_team()
    client, member = signed_in(join(team, Role.LEAD)), join(team)
    url = reverse("teams:members", args=[team.series.slug, team.slug])
    held = team.memberships.get(person=member)

    assert client.post(url, paste(team, act="invite")).url == url
    assert client.post(f"{url}{held.pk}/role/", {"role": "storyteller"}).url == url
    assert signed_in(member).get(url).status_code == 200
    assert client.get(f"{url}{held.pk}/end/").status_code == 200
    assert client.post(f"{url}{held.pk}/end/").url == url

    held.refresh_from_db()
    assert held.role == Role.STORYTELLER
    assert Invitation.objects.get().team == team
    assert signed_in(member).get(url).status_code == 404  # on the very next request


def test_a_lead_who_leaves_is_led_to_their_own_page(signed_in):
    team = make_team()
    lead = join(team, Role.LEAD)
    held = team.memberships.get()

    response = signed_in(lead).post(reverse("teams:member-end", args=[team.series.slug, team.slug, held.pk]))

    assert response.url == "/me/"


def test_a_membership_of_another_team_is_not_found(signed_in):
    team, other = make_team(), make_team()
    lead = join(team, Role.LEAD)
    join(other)
    held = other.memberships.get()

    url = reverse("teams:member-end", args=[team.series.slug, team.slug, held.pk])

    assert signed_in(lead).post(url).status_code == 404


# --- coaches ------------------------------------------------------------------------------------


def test_a_coach_is_assigned_and_the_load_is_shown(facilitator, series):
    first, second = make_team(series), make_team(series)
    luz, url = coach(first), reverse("teams:coaches", args=[series.slug])

    response = facilitator.post(url, {"team": second.pk, "coach": luz.pk})

    assert response.status_code == 302
    assert set(Team.objects.coached_by(luz)) == {first, second}
    assert "2 teams" in facilitator.get(url).content.decode()


@pytest.mark.parametrize("wrong", [{"coach": ""}, {"team": "x"}, {"team": ""}, {"coach": "999999"}])
def test_an_assignment_of_nobody_or_to_nothing_is_refused(facilitator, series, wrong):
    team = make_team(series)
    luz = coach(team)

    response = facilitator.post(
        reverse("teams:coaches", args=[series.slug]), {"team": team.pk, "coach": luz.pk} | wrong
    )

    assert response.status_code == 422
    assert CoachAssignment.objects.count() == 1


def test_a_stranger_to_the_series_cannot_be_made_its_coach(facilitator, series):
    response = facilitator.post(
        reverse("teams:coaches", args=[series.slug]),
        {"team": make_team(series).pk, "coach": make_person().pk},
    )

    assert response.status_code == 422


def test_an_assignment_ends_only_with_a_handover_note(facilitator, series):
    team = make_team(series)
    luz = coach(team)
    url = reverse("teams:coach-end", args=[series.slug, team.slug, team.coach_assignments.get().pk])

    assert facilitator.get(url).status_code == 200
    assert facilitator.post(url, {"note": " "}).status_code == 422
    assert facilitator.post(url, {"note": "Ask about the bus."}).status_code == 302

    assert not CoachAssignment.objects.held(luz).exists()
    assert CoachAssignment.objects.get().handover_note == "Ask about the bus."


# --- invitations --------------------------------------------------------------------------------


def test_looking_at_an_invitation_changes_nothing():
    link, client = link_of(make_team(name="Pearl River")), Client()

    page = client.get(link).content.decode()

    assert "Organizer invites you to Pearl River" in page
    assert "<b>storyteller</b>" in page
    assert EMAIL in page
    assert Invitation.objects.get().state == InvitationState.WAITING
    assert "session" not in client.cookies


@pytest.mark.parametrize("how", ["made up", "revoked", "used", "series archived"])
def test_every_dead_link_gives_the_same_page(how, signed_in):
    team = make_team()
    link = "/invitations/made-up/" if how == "made up" else link_of(team)
    if how == "revoked":
        revoke(Invitation.objects.get(), by=make_person(), at=clock.now())
    elif how == "used":
        signed_in(make_person(email=EMAIL)).post(link)
    elif how == "series archived":
        Series.objects.update(status=SeriesStatus.ARCHIVED)

    client = Client()
    page = client.get(link)

    assert (page.status_code, client.post(link).status_code) == (404, 404)
    assert "This invitation no longer works" in page.content.decode()


def test_the_right_person_accepts_with_one_button(signed_in):
    team = make_team()
    person, link = make_person(email=EMAIL), link_of(team)
    client = signed_in(person)

    first, second = client.post(link), client.post(link)

    assert first.url == second.url == reverse("desk:team-home", args=[team.series.slug, team.slug])
    assert Membership.objects.get(person=person).role == Role.STORYTELLER


def test_another_person_is_told_so_and_can_sign_out(signed_in):
    link = link_of(make_team())
    client = signed_in(make_person(email="other@example.org"))

    page, answer = client.get(link), client.post(link)

    assert "You are signed in as other@example.org." in page.content.decode()
    assert reverse("account_logout") in page.content.decode()
    assert answer.status_code == 403
    assert not Membership.objects.exists()


def test_a_person_with_an_account_signs_in_and_comes_back():
    make_person(email=EMAIL)
    link, client = link_of(make_team()), Client()

    response = client.post(link)

    assert response.url == reverse("account_login")
    client.post(reverse("account_request_login_code"), {"email": EMAIL})
    answer = client.post(reverse("account_confirm_login_code"), {"code": code_mailed()})
    assert answer.url == link


def test_a_new_person_makes_an_account_proves_the_address_comes_back_and_is_in(mailoutbox):
    team = make_team()
    link, client = link_of(team), Client()

    signup = client.post(link)
    assert signup.url == reverse("account_signup")
    assert f'value="{EMAIL}"' in client.get(signup.url).content.decode()
    client.post(signup.url, {"email": EMAIL, "password1": "river bank lantern", "name": "Ana"})
    code = code_mailed()
    answer = client.post(reverse("account_email_verification_sent"), {"code": code})

    assert answer.url == link
    assert client.post(link).url == reverse("desk:team-home", args=[team.series.slug, team.slug])
    assert Membership.objects.get(team=team).person == User.objects.get(email=EMAIL)


def code_mailed() -> str:
    """The code of the sign-in mail that is owed."""
    from accounts.sealed import unseal
    from jobs.models import Job

    text = unseal(Job.objects.filter(kind="accounts.send_mail").latest("pk").payload["sealed"])["text"]
    return re.search(r"^\s*([A-Z0-9-]{6,9})\s*$", text, re.MULTILINE)[1]


def test_an_invited_coach_coaches_several_teams(signed_in, series):
    first, second, person = make_team(series), make_team(series), make_person(email=EMAIL)
    client = signed_in(person)

    for team in (first, second):
        client.post(link_of(team, role=Role.COACH))

    assert set(Team.objects.coached_by(person)) == {first, second}


# --- how often the database is asked ---------------------------------------------------------------


@pytest.mark.parametrize("name", ["teams:team-add", "teams:people", "teams:coaches"])
def test_pages_of_the_set_up_ask_as_often_for_one_row_as_for_three(
    name, facilitator, series, django_assert_num_queries
):
    def one_more():
        team = make_team(series)
        join(team)
        coach(team)
        give_role(series, Role.OBSERVER)
        link_of(team, f"{team.slug}@example.org")

    one_more()
    url = reverse(name, args=[series.slug])
    facilitator.get(url)
    with CaptureQueriesContext(connection) as one:
        facilitator.get(url)
    one_more()
    one_more()

    with django_assert_num_queries(len(one)):
        facilitator.get(url)


def test_the_people_of_a_team_ask_as_often_for_one_row_as_for_three(signed_in, django_assert_num_queries):
    team = make_team()
    client, url = (
        signed_in(join(team, Role.LEAD)),
        reverse("teams:members", args=[team.series.slug, team.slug]),
    )
    link_of(team)
    client.get(url)
    with CaptureQueriesContext(connection) as one:
        client.get(url)
    for number in range(2):
        join(team)
        link_of(team, f"more{number}@example.org")

    with django_assert_num_queries(len(one)):
        client.get(url)
