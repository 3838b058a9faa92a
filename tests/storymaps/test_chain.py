"""The chain, walked both ways."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from storymaps import chain
from storymaps.models import Visibility
from tests.factories.storymaps import make_entry, make_item
from tests.factories.teams import join, make_team


def titles(side) -> list[str]:
    return [link.title for link in side.shown]


def test_chain_is_walked_both_ways(team, teller):
    item = make_item(team, "Ask for two seats")
    first = make_entry(team, items=[item], title="Asked")
    second = make_entry(team, entries=[first], title="Adopted")

    assert titles(chain.chain_of(item, teller).became) == ["Asked"]
    assert titles(chain.chain_of(first, teller).grew_out_of) == ["Ask for two seats"]
    assert titles(chain.chain_of(first, teller).became) == ["Adopted"]
    assert titles(chain.chain_of(second, teller).grew_out_of) == ["Asked"]
    assert not chain.chain_of(second, teller).became


def test_what_may_not_be_seen_counts_but_does_not_show(team, teller):
    peers = make_team(team.series)
    shared = make_entry(peers, title="Shared", visibility=Visibility.SERIES)
    entry = make_entry(
        team,
        entries=[shared, make_entry(peers), make_entry(peers)],
        items=[make_item(team)],
        visibility=Visibility.SERIES,
    )

    mine = chain.chain_of(entry, teller).grew_out_of
    theirs = chain.chain_of(entry, join(peers)).grew_out_of

    assert (len(mine.shown), mine.hidden) == (2, 2)
    assert (len(theirs.shown), theirs.hidden) == (3, 1)  # the plan item is the team's own
    assert all(not link.title for link in [chain.HIDDEN])


def test_queries_do_not_grow_with_the_links(team, teller):
    peers = make_team(team.series)
    counts = []
    for how_many in (1, 5):
        earlier = [make_entry(peers, visibility=Visibility.SERIES) for _ in range(how_many)]
        entry = make_entry(team, entries=earlier, items=[make_item(team) for _ in range(how_many)])
        for _ in range(how_many):
            make_entry(team, entries=[entry])
        with CaptureQueriesContext(connection) as captured:
            chain.chain_of(entry, teller)
        counts.append(len(captured))

    assert counts[0] == counts[1]


def test_rooms_to_the_right_add_their_links(team, teller, monkeypatch):
    monkeypatch.setattr(chain, "_became", {k: list(v) for k, v in chain._became.items()})
    entry = make_entry(team)
    link = chain.Link(kind="block", title="In the Summit report, edition 1", url="/x/")

    chain.register(type(entry), became=lambda obj, user: [link, chain.HIDDEN])

    side = chain.chain_of(entry, teller).became
    assert (side.shown, side.hidden) == ((link,), 1)
