"""Who answers whom: what the rule promises, on any number of teams, history and drop-outs."""

from collections import Counter
from itertools import combinations, permutations, product

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exchange.dealing import EACH, Pair, deal

TEAMS = st.sets(st.integers(1, 40), min_size=0, max_size=14)
# A machine that is busy with other things is no failure of the rule.
calm = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
SEEDS = st.integers(0, 10_000)


@st.composite
def some_pairs(draw, most_team=16) -> list[Pair]:
    """Pairs of earlier rounds, some of them more than once."""
    team = st.integers(1, most_team)
    return [pair for pair in draw(st.lists(st.tuples(team, team), max_size=60)) if pair[0] != pair[1]]


def loads(pairs) -> Counter[int]:
    return Counter(a for a, _b in pairs)


def answers(pairs) -> Counter[int]:
    return Counter(b for _a, b in pairs)


def repeats(pairs, history) -> int:
    met = Counter(history)
    return sum(met[pair] for pair in pairs)


@calm
@given(TEAMS, some_pairs(), SEEDS)
def test_everybody_answers_two_and_is_answered_by_two(teams, history, seed):
    dealt = deal(teams, history=history, seed=seed)

    wanted = min(EACH, max(0, len(teams) - 1))
    assert all(a != b for a, b in dealt)
    assert {a for pair in dealt for a in pair} <= teams
    assert all(loads(dealt)[team] == wanted and answers(dealt)[team] == wanted for team in teams)


@calm
@given(TEAMS, some_pairs(), SEEDS)
def test_the_same_seed_deals_the_same(teams, history, seed):
    first = deal(sorted(teams), history=history, seed=seed)

    assert deal(sorted(teams, reverse=True), history=list(reversed(history)), seed=seed) == first


def even_dealings(teams: list[int]) -> list[set[Pair]]:
    """All dealings in which everybody gives and gets two."""
    choices = [list(combinations([b for b in teams if b != a], EACH)) for a in teams]
    found = []
    for picked in product(*choices):
        pairs = {(a, b) for a, posts in zip(teams, picked, strict=True) for b in posts}
        if all(answers(pairs)[team] == EACH for team in teams):
            found.append(pairs)
    return found


EVEN = {size: even_dealings(list(range(1, size + 1))) for size in (3, 4, 5)}


@calm
@given(st.sampled_from([3, 4, 5]), some_pairs(most_team=5), SEEDS)
def test_pairs_repeat_only_where_they_must(size, history, seed):
    teams = range(1, size + 1)

    dealt = deal(teams, history=history, seed=seed)

    assert repeats(dealt, history) == min(repeats(pairs, history) for pairs in EVEN[size])


@calm
@given(st.integers(3, 15), st.lists(SEEDS, min_size=7, max_size=7))
def test_the_same_teams_meet_anew_for_as_many_rounds_as_there_can_be(size, seeds):
    history: list[Pair] = []
    for seed in seeds[: (size - 1) // EACH]:
        dealt = deal(range(size), history=history, seed=seed)
        assert repeats(dealt, history) == 0
        history += dealt


@calm
@given(st.integers(3, 12), st.lists(SEEDS, min_size=10, max_size=10))
def test_over_many_rounds_no_pair_meets_much_oftener_than_another(size, seeds):
    history: list[Pair] = []
    for seed in seeds:
        history += deal(range(size), history=history, seed=seed)

    met = Counter(history)
    times = [met[pair] for pair in permutations(range(size), 2)]
    assert set(loads(history).values()) == {EACH * len(seeds)}
    assert sum(times) == EACH * size * len(seeds)
    # a promise of the rule it is not: each round for itself repeats what was met least
    assert max(times) <= 2 * (1 + sum(times) // len(times))


@calm
@given(TEAMS.filter(lambda teams: len(teams) >= 3), some_pairs(), SEEDS, st.data())
def test_after_a_drop_out_what_stands_is_kept_and_what_is_missing_dealt(teams, history, seed, data):
    first = deal(teams, history=history, seed=seed)
    gone = data.draw(st.sets(st.sampled_from(sorted(teams)), max_size=len(teams)))
    late = data.draw(st.sets(st.integers(41, 44), max_size=3))
    answered = data.draw(st.sets(st.sampled_from(sorted(first))))
    stay = (teams - gone) | late
    kept = {(a, b) for a, b in first if (a, b) in answered or (a in stay and b in stay)}

    more = deal(stay, history=history, kept=kept, seed=seed)

    assert not more & kept
    assert all(a != b and a in stay and b in stay for a, b in more)
    everything = kept | more
    wanted = min(EACH, max(0, len(stay) - 1))
    assert all(loads(everything)[team] >= wanted and answers(everything)[team] >= wanted for team in stay)
    # nobody gets more than they need while somebody who could give it has two fewer
    carries = loads(everything)
    for a, b in more:
        could = [o for o in stay if o != b and (o, b) not in everything]
        assert all(carries[o] >= carries[a] - 1 for o in could)
    # dealt twice is dealt once
    assert deal(stay, history=history, kept=everything, seed=seed) == set()


@calm
@given(st.integers(4, 14), SEEDS, st.data())
def test_one_drop_out_or_one_late_post_costs_nobody_more_than_one(size, seed, data):
    teams = set(range(size))
    first = deal(teams, seed=seed)
    gone = data.draw(st.sampled_from([None, *teams]))
    stay = teams - {gone} if gone is not None else teams | {size}
    kept = {(a, b) for a, b in first if a in stay and b in stay}

    everything = kept | deal(stay, kept=kept, seed=seed)

    assert {loads(everything)[team] for team in stay} <= {2, 3}
    assert {answers(everything)[team] for team in stay} <= {2, 3}


def test_what_is_over_goes_to_who_was_given_less_before():
    history = [(1, 90), (1, 91), (2, 90), (2, 91), (3, 90), (3, 91), (3, 92)]  # 4 was given nothing yet
    first = deal([1, 2, 3, 4], seed=1)

    late = deal([1, 2, 3, 4, 5], history=history, kept=first, seed=1)

    assert 4 in {a for a, b in late if b == 5}


def test_with_few_teams_there_is_what_there_can_be():
    assert deal([], seed=1) == set()
    assert deal([7], seed=1) == set()
    assert deal([7, 9], seed=1) == {(7, 9), (9, 7)}
    assert deal([7, 8, 9], seed=1) == set(permutations([7, 8, 9], 2))
