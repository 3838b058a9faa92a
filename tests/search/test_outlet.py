"""The search as an outlet: each secret of the world of outlets is found by its readers and by nobody else."""

import pytest
from django.test import Client

from search.services import reindex
from tests.test_outlets import READING
from tests.test_outlets import told as told


@pytest.mark.parametrize("role", READING, ids=str)
def test_a_secret_is_found_by_its_readers_alone(told, role):
    reindex()
    client = Client()
    if (person := told.people[role]) is not None:
        client.force_login(person, backend="accounts.backends.AccountBackend")

    found = set()
    for word in told.secrets:
        if f"<mark>{word}</mark>" in client.get("/search/", {"words": word}).text:
            found.add(word)

    assert found == {word for word, readers in told.secrets.items() if role in readers}
