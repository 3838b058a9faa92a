"""Invitations: looked over, sent, accepted once, by the right person, or not at all."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError

from accounts.permissions import Role
from core import clock
from jobs.models import Job
from series.models import SeriesRole, SeriesStatus
from teams.invitations import (
    Offer,
    RowState,
    accept,
    find_invitation,
    hash_of,
    invite,
    look_over,
    resend,
    revoke,
)
from teams.models import CoachAssignment, Invitation, InvitationState, Membership, TeamStatus
from teams.services import end_membership
from teams.tasks import send_invitation
from tests.factories.accounts import make_person
from tests.factories.series import give_role, make_series
from tests.factories.teams import join, make_team

AT = datetime(2026, 6, 1, 12, tzinfo=UTC)
EMAIL = "ana@example.org"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _on_that_day():
    with time_machine.travel(AT, tick=False):
        yield


def offer_of(team=None, role=Role.MEMBER, **more) -> Offer:
    team = team or make_team()
    return Offer(series=team.series, team=team, role=role, **more)


def sent(offer: Offer, email: str = EMAIL, by=None) -> tuple[Invitation, str]:
    """An invitation that was mailed, and the secret in the mail."""
    by = by or give_role(offer.series, Role.ORGANIZER)
    (invitation,) = invite([email], offer, by=by, at=AT)
    send_invitation(invitation.pk, at=AT).then()
    invitation.refresh_from_db()
    return invitation, secret_in_mail()


def secret_in_mail() -> str:
    return re.search(r"/invitations/([\w-]+)/", mail.outbox[-1].body)[1]


# --- looking over and inviting -----------------------------------------------------------------


def test_look_over_says_what_becomes_of_each_address():
    offer = offer_of()
    join(offer.team, person=make_person(email="in@example.org"))
    invite(["waits@example.org"], offer, by=give_role(offer.series, Role.FACILITATOR), at=AT)

    rows = look_over("new@example.org, in@example.org, waits@example.org\nNEW@example.org, bad", offer)

    assert [row.state for row in rows] == [
        RowState.NEW, RowState.IN, RowState.INVITED, RowState.DOUBLE, RowState.BAD,
    ]  # fmt: skip
    assert rows[-1].address.reason == "There is no @ in it."


def test_look_over_takes_two_hundred_and_no_more():
    offer = offer_of()

    assert len(look_over("\n".join(f"p{n}@example.org" for n in range(200)), offer)) == 200
    with pytest.raises(ValidationError, match="201"):
        look_over("\n".join(f"p{n}@example.org" for n in range(201)), offer)
    with pytest.raises(ValidationError):
        look_over(" ", offer)


def test_inviting_twice_is_one_invitation_and_one_mail():
    offer = offer_of()
    by = give_role(offer.series, Role.FACILITATOR)

    assert len(invite([EMAIL, EMAIL], offer, by=by, at=AT)) == 1
    assert invite([EMAIL], offer, by=by, at=AT) == []

    invitation = Invitation.objects.get()
    assert [job.key for job in Job.objects.filter(kind="teams.send_invitation")] == [
        f"invitation:{invitation.pk}:1"
    ]
    assert invitation.secret_hash == ""


@pytest.mark.parametrize(
    ("inviter", "role", "may"),
    [
        (Role.FACILITATOR, Role.ORGANIZER, False),
        (Role.FACILITATOR, Role.FACILITATOR, False),
        (Role.FACILITATOR, Role.EXPERT, True),
        (Role.FACILITATOR, Role.COACH, True),
        (Role.FACILITATOR, Role.LEAD, True),
        (Role.ORGANIZER, Role.ORGANIZER, True),
        (Role.LEAD, Role.LEAD, True),
        (Role.LEAD, Role.COACH, False),
        (Role.LEAD, Role.OBSERVER, False),
        (Role.MEMBER, Role.MEMBER, False),
        (Role.EXPERT, Role.OBSERVER, False),
    ],
)
def test_nobody_grants_above_their_own_role(inviter, role, may):
    team = make_team()
    in_team = (Role.LEAD, Role.MEMBER)
    by = join(team, inviter) if inviter in in_team else give_role(team.series, inviter)
    offer = Offer(series=team.series, team=team if role in (Role.LEAD, Role.MEMBER) else None, role=role)

    if may:
        assert len(invite([EMAIL], offer, by=by, at=AT)) == 1
    else:
        with pytest.raises(PermissionDenied):
            invite([EMAIL], offer, by=by, at=AT)


def test_a_lead_invites_to_their_own_team_alone():
    series = make_series()
    mine, other = make_team(series), make_team(series)
    by = join(mine, Role.LEAD)

    with pytest.raises(PermissionDenied):
        invite([EMAIL], offer_of(other), by=by, at=AT)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda team: Offer(series=team.series, role=Role.MEMBER),
        lambda team: Offer(series=team.series, team=team, role=Role.EXPERT),
        lambda team: Offer(series=make_series(), team=team, role=Role.MEMBER),
        lambda team: Offer(series=team.series, role=Role.OBSERVER, is_under_18=True),
    ],
)
def test_an_offer_that_does_not_fit_is_refused(wrong):
    with pytest.raises(ValidationError):
        wrong(make_team()).clean()


# --- sending -----------------------------------------------------------------------------------


def test_the_mail_says_who_to_what_as_what_and_carries_no_link_but_ours():
    team = make_team(name="Go to evil.example/now", series=make_series(name="http://evil.example"))
    offer = offer_of(team, Role.STORYTELLER, language="en")
    _invitation, secret = sent(offer, by=join(team, Role.LEAD))

    message = mail.outbox[-1]
    html, _kind = message.alternatives[0]
    links = set(re.findall(r"https?://[^\s\"]+|\S+\.example\S*", message.body + message.subject + html))

    assert "Lead invites you to Go to evil example/now" in message.body
    assert "as storyteller" in message.body
    assert links == {f"http://localhost:8000/invitations/{secret}/"}
    assert message.subject.startswith("Join Go to evil example/now")


def test_only_the_hash_of_the_secret_is_kept_and_a_new_sending_ends_the_old_link():
    invitation, first = sent(offer_of())
    assert invitation.secret_hash == hash_of(first)
    assert (invitation.sent_at, invitation.expires_at) == (AT, AT + timedelta(days=14))
    Job.objects.update(state="done", done_at=AT)
    by, later = give_role(invitation.series, Role.FACILITATOR), AT + timedelta(hours=1)

    assert resend(invitation, by=by, at=later) is True
    send_invitation(invitation.pk, at=later).then()

    assert Job.objects.filter(key=f"invitation:{invitation.pk}:2").exists()
    with time_machine.travel(later, tick=False):
        assert find_invitation(first, at=later) is None
    invitation.refresh_from_db()
    assert (invitation.sent_at, invitation.expires_at) == (later, later + timedelta(days=14))


def test_two_taps_on_send_again_are_one_mail():
    invitation, _secret = sent(offer_of())
    by = give_role(invitation.series, Role.FACILITATOR)
    assert resend(invitation, by=by, at=AT + timedelta(hours=1)) is False  # the first one is on its way
    Job.objects.update(state="done", done_at=AT)
    assert resend(invitation, by=by, at=AT + timedelta(seconds=30)) is False  # it has just gone


@pytest.mark.parametrize("why", ["revoked", "right", "archived", "withdrawn"])
def test_an_invitation_that_is_not_wanted_is_not_sent(why):
    offer = offer_of()
    by = join(offer.team, Role.LEAD)
    (invitation,) = invite([EMAIL], offer, by=by, at=AT)
    spoil(invitation, why, by)

    assert send_invitation(invitation.pk, at=AT).verdict == "skipped"
    assert mail.outbox == []


def spoil(invitation: Invitation, why: str, by) -> None:
    """Make an invitation one that must not work."""
    if why == "revoked":
        revoke(invitation, by=by, at=AT)
    elif why == "right":
        end_membership(Membership.objects.get(person=by), by=by, at=AT)
    elif why == "archived":
        type(invitation.series).objects.update(status=SeriesStatus.ARCHIVED)
    elif why == "withdrawn":
        type(invitation.team).objects.update(status=TeamStatus.WITHDRAWN)


# --- accepting ---------------------------------------------------------------------------------


def test_accepting_gives_the_membership_once():
    invitation, secret = sent(offer_of(role=Role.STORYTELLER, is_under_18=True))
    person = make_person(email=EMAIL)

    assert accept(secret, by=person, at=AT) == invitation
    assert accept(secret, by=person, at=AT) is None

    membership = Membership.objects.get(person=person)
    assert (membership.team, membership.role, membership.is_under_18) == (
        invitation.team,
        "storyteller",
        True,
    )
    invitation.refresh_from_db()
    assert (invitation.state, invitation.accepted_by, invitation.accepted_at) == (
        InvitationState.ACCEPTED, person, AT,
    )  # fmt: skip


def test_accepting_gives_a_role_in_the_series_or_a_team_to_coach():
    series = make_series()
    first, second, person = make_team(series), make_team(series), make_person(email=EMAIL)
    for offer in (
        Offer(series=series, role=Role.EXPERT),
        offer_of(first, Role.COACH),
        offer_of(second, Role.COACH),
    ):
        _invitation, secret = sent(offer)
        assert accept(secret, by=person, at=AT)

    assert SeriesRole.objects.get(person=person).role == Role.EXPERT
    assert {held.team for held in CoachAssignment.objects.filter(coach=person)} == {first, second}


def test_a_forwarded_link_is_worth_nothing_to_another_person():
    _invitation, secret = sent(offer_of())

    assert accept(secret, by=make_person(), at=AT) is None
    assert not Membership.objects.exists()


def test_an_address_that_is_not_proven_is_no_identity():
    _invitation, secret = sent(offer_of())
    person = make_person(email=EMAIL)
    person.emailaddress_set.update(verified=False)

    assert accept(secret, by=person, at=AT) is None


@pytest.mark.parametrize("why", ["revoked", "right", "archived", "withdrawn"])
def test_what_is_not_wanted_any_more_cannot_be_accepted(why):
    offer = offer_of()
    by = join(offer.team, Role.LEAD)
    invitation, secret = sent(offer, by=by)
    spoil(invitation, why, by)

    assert accept(secret, by=make_person(email=EMAIL), at=AT) is None


def test_an_invitation_is_dead_after_two_weeks():
    _invitation, secret = sent(offer_of())
    person = make_person(email=EMAIL)
    with time_machine.travel(AT + timedelta(days=14), tick=False):
        assert accept(secret, by=person, at=clock.now()) is None
    with time_machine.travel(AT + timedelta(days=13, hours=23), tick=False):
        assert accept(secret, by=person, at=clock.now()) is not None


def test_a_secret_that_was_never_made_finds_nothing():
    (invitation,) = invite([EMAIL], (offer := offer_of()), by=give_role(offer.series, Role.ORGANIZER), at=AT)

    assert invitation.secret_hash == ""
    assert find_invitation("", at=AT) is None
