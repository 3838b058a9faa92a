"""A person's own settings, the first account, and the demo's door."""

import pytest
from django.core.mail import EmailMessage
from django.core.signing import TimestampSigner

from accounts.models import Event, User
from core.mail import MailboxBackend
from tests.factories.accounts import make_administrator, make_person

pytestmark = pytest.mark.django_db


def first_link(age_ok=True):
    token = TimestampSigner(salt="accounts.first" if age_ok else "other").sign("first")
    return f"/first/{token}/"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_theme_is_kept_in_a_cookie(client, theme):
    answer = client.post("/theme/", {"theme": theme}, headers={"Referer": "http://testserver/me/?a=1"})

    assert (answer.status_code, answer.url) == (302, "/me/?a=1")
    assert client.cookies["theme"].value == theme
    assert client.cookies["theme"]["httponly"]


def test_theme_of_the_device_takes_the_cookie_away(client):
    client.post("/theme/", {"theme": "dark"})

    client.post("/theme/", {"theme": ""})

    assert not client.cookies["theme"].value


def test_theme_never_sends_to_another_host(client):
    answer = client.post("/theme/", {"theme": "dark"}, headers={"Referer": "https://evil.example/x"})

    assert answer.url == "/"


SETTINGS = {"name": "Kiara B.", "language": "es", "time_zone": "America/Chicago", "reminder_hour": "7"}


def test_settings_are_saved(signed_in):
    person = make_person()

    answer = signed_in(person).post("/me/settings/", SETTINGS)

    person.refresh_from_db()
    assert answer.status_code == 302
    assert (person.name, person.language, person.time_zone, person.reminder_hour) == (
        "Kiara B.", "es", "America/Chicago", 7,
    )  # fmt: skip


@pytest.mark.parametrize(
    "wrong", [{"name": ""}, {"time_zone": "Mars/Base"}, {"reminder_hour": "24"}, {"language": "xx"}]
)
def test_settings_that_cannot_be_are_422(signed_in, wrong):
    person = make_person()

    answer = signed_in(person).post("/me/settings/", SETTINGS | wrong)

    assert answer.status_code == 422
    assert b"field--bad" in answer.content
    assert User.objects.get(pk=person.pk).language == "en"


@pytest.mark.parametrize("url", ["/me/settings/", "/me/settings/phone/", "/me/settings/sign-out-everywhere/"])
def test_settings_need_a_sign_in(client, url):
    assert client.post(url).status_code == 302
    assert "/account/login/" in client.post(url).url


def test_my_phone_stays_signed_in_until_it_does_not(signed_in):
    client = signed_in(make_person())

    client.post("/me/settings/phone/", {"is_my_phone": "1"})
    assert client.session["is_my_phone"]
    assert b"Do not stay signed in here" in client.get("/me/settings/").content
    client.post("/me/settings/phone/")

    assert "is_my_phone" not in client.session


def test_sign_out_everywhere_ends_other_browsers(signed_in):
    person = make_person()
    here, there = signed_in(person), signed_in(person)

    here.post("/me/settings/sign-out-everywhere/")

    assert there.get("/me/settings/").status_code == 302
    assert Event.objects.get(act="accounts.sessions_ended").by == person


FIRST = {"name": "Ada", "email": "ada@example.org", "password": "four words are good"}


def test_first_link_makes_the_administrator_and_is_dead_afterwards(client):
    url = first_link()
    assert client.get(url).status_code == 200

    assert client.post(url, FIRST).status_code == 302

    assert User.objects.get().is_superuser
    assert client.session["_auth_user_id"] == str(User.objects.get().pk)
    assert client.get(url).status_code == 404
    assert client.post(url, FIRST | {"email": "eve@example.org"}).status_code == 404
    assert User.objects.count() == 1


def test_first_link_asks_for_a_good_password(client):
    answer = client.post(first_link(), FIRST | {"password": "short"})

    assert answer.status_code == 422
    assert not User.objects.exists()


@pytest.mark.parametrize("url", ["/first/guess/", first_link(age_ok=False)], ids=["guessed", "old"])
def test_other_first_links_are_404(client, url):
    assert client.get(url).status_code == 404


def test_first_link_is_404_where_there_is_an_administrator(client):
    make_administrator()

    assert client.get(first_link()).status_code == 404


def test_demo_signs_in_sample_people_only(client, settings):
    settings.IS_DEMO = True
    sample = make_person(is_sample=True)
    real = make_person()

    assert client.post("/demo/sign-in/", {"email": real.email}).status_code == 404
    assert client.post("/demo/sign-in/", {"email": sample.email}).status_code == 302
    assert client.session["_auth_user_id"] == str(sample.pk)


def test_demo_doors_are_shut_outside_a_demo(client):
    sample = make_person(is_sample=True)

    assert client.post("/demo/sign-in/", {"email": sample.email}).status_code == 404
    assert client.get("/demo/mail/").status_code == 404


def test_demo_mail_is_read_in_the_browser(client, settings):
    settings.IS_DEMO = True
    assert b"No mail yet" in client.get("/demo/mail/").content
    MailboxBackend().send_messages(
        [EmailMessage("Your code", "It is <ABC> http://localhost/x", to=["k@example.org"])]
    )
    name = next(settings.MAIL_DIR.glob("*.eml")).stem

    assert f"/demo/mail/{name}/" in client.get("/demo/mail/").content.decode()
    page = client.get(f"/demo/mail/{name}/").content.decode()
    assert "&lt;ABC&gt;" in page
    assert "http://localhost/x" in page
    assert client.get("/demo/mail/123/").status_code == 404
    assert client.get("/demo/mail/passwd/").status_code == 404
