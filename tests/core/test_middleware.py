"""The edge: bad bytes are a 400 that names the field, and nothing private is kept by a cache."""

import json

import pytest
from django.test import Client

from core.middleware import broken_json, cleaned, is_broken

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("bad", ["a\x00b", "a\ud800b"])
def test_what_no_database_keeps_is_broken(bad):
    assert is_broken(bad)
    assert not is_broken("a\U0001f600b")


def test_cleaned_is_nfc_without_controls_and_overrides():
    assert cleaned("e\u0301\u202e\x07a\r\nb") == "éa\nb"


def test_broken_json_names_the_path():
    assert broken_json({"a": [{"b": "x\x00"}]}) == "a.0.b"
    assert broken_json({"a": ["fine", 1, None]}) is None


def test_nul_in_a_form_is_a_400_that_names_the_field(client: Client):
    response = client.post("/account/login/", {"login": "a\x00@example.org", "password": "x"})

    assert response.status_code == 400
    assert "login" in response.content.decode()


def test_nul_in_the_query_is_a_400(client: Client):
    assert client.get("/account/login/?next=%00").status_code == 400


def test_nul_in_json_is_a_400(client: Client):
    body = json.dumps({"data": {"text": "a\x00"}, "seq": 0})

    assert client.post("/drafts/log/team:1/", body, content_type="application/json").status_code == 400


def test_json_that_is_none_is_a_400(client: Client):
    assert client.post("/drafts/log/team:1/", "{", content_type="application/json").status_code == 400


def test_a_body_beyond_the_bound_is_a_413(client: Client, settings):
    settings.MAX_UPLOAD_BYTES = settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10

    assert client.post("/account/login/", {"login": "a" * 100}).status_code == 413


def test_too_many_fields_are_a_413(client: Client, settings):
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 3

    response = client.post(
        "/account/login/", "a=1&b=2&c=3&d=4", content_type="application/x-www-form-urlencoded"
    )

    assert response.status_code == 413


def test_pages_are_not_stored_and_carry_a_strict_policy(client: Client):
    response = client.get("/account/login/")

    assert response.headers["Cache-Control"] == "no-store" or "no-store" in response.headers["Cache-Control"]
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert response.headers["X-Content-Type-Options"] == "nosniff"
