"""Who answers whom in a round: a pure rule.

What it promises, in this order. `teams` are those that posted and take part today, `each` is two:

1. Nobody answers itself, and no pair is dealt twice in a round.
2. Every post gets `each` answers, and every team is given `each` posts, or all others where they are fewer.
   Pairs that stand in the round count: they are kept, and only what is missing is dealt.
3. The load is as even as it can be: no answer is dealt to a team while one that could give it carries two
   fewer. Where nothing stands yet, all teams carry the same.
4. Among dealings that are as even, it is one with the fewest pairs of earlier rounds: none if there is such.
   With the same teams in each round there is one for the first (teams - 1) // 2 rounds, for two posts each.
5. Among these, who has been given less in earlier rounds takes what is over.

The same input and seed make the same dealing.

How: each missing answer is a unit that flows to a team that can give it, along the cheapest path in which
teams may swap what was just dealt to them. Cheapest paths, one after the other, keep the whole cheapest
(successive shortest paths, Ahuja, Magnanti and Orlin 1993, ch. 9.7); the cost of a team's next answer grows
with its load, so cheapest is most even. Promise 4 for several rounds is König's: what is left of the pairs
after r even rounds is a regular graph between answerers and posts, and holds two answers each while it can.
"""

from collections import Counter, deque
from collections.abc import Callable, Collection, Iterable, Mapping
from random import Random

EACH = 2
type Pair = tuple[int, int]  # from, to


def deal(
    teams: Collection[int],
    *,
    seed: int,
    history: Iterable[Pair] = (),
    kept: Iterable[Pair] = (),
    each: int = EACH,
) -> set[Pair]:
    """The pairs (from, to) to be dealt beside those in `kept`.

    `history` is the pairs of earlier rounds, as often as they were. `kept` may name teams that left: what
    they answered counts for the post, what was answered to them counts for who answered.
    """
    order = sorted(set(teams))
    Random(seed).shuffle(order)
    met, standing = Counter(history), set(kept)
    past = Counter(a for a, _b in met.elements())
    given = Counter(a for a, _b in standing)
    got = Counter(b for _a, b in standing)
    costs = Costs(met, past, most=each * len(order))

    def missing(node: int, has: int, taken: Collection[int]) -> int:
        others = sum(1 for other in order if other != node and other not in taken)
        return max(0, min(each - has, others))

    # First what posts wait for, from those who carry least; then what teams still may be given, of the
    # posts with the fewest answers.
    to_get = {b: missing(b, got[b], {a for a, post in standing if post == b}) for b in order}
    turned = {(b, a) for a, b in standing}
    found = {(a, b) for b, a in fill(order, to_get, given, turned, costs.of_answerer)}
    standing |= found
    given.update(a for a, _b in found)
    got.update(b for _a, b in found)
    to_give = {a: missing(a, given[a], {b for team, b in standing if team == a}) for a in order}
    return found | fill(order, to_give, got, standing, costs.of_post)


class Costs:
    """What an answer costs: load weighs more than repeats, and these more than the past."""

    def __init__(self, met: Mapping[Pair, int], past: Mapping[int, int], most: int) -> None:
        """`most` is how many pairs there can be at the most."""
        self.met, self.past = met, past
        total = sum(met.values())
        self.repeat = 1 + total * most  # more than all that the past can weigh
        self.load = 1 + (self.repeat + most) * total  # more than all repeats, and the past

    def of_answerer(self, post: int, team: int, load: int | None) -> int:
        """Of giving `post` to `team`; with `load`, of its becoming the `load`-th that it carries."""
        if load is None:
            return self.repeat * self.met.get((team, post), 0)
        return self.load * load + self.past.get(team, 0)

    def of_post(self, team: int, post: int, load: int | None) -> int:
        """The same from the other side: `load` is the answers that the post then has."""
        return self.repeat * self.met.get((team, post), 0) if load is None else self.load * load


def fill(
    order: Collection[int],
    needs: Mapping[int, int],
    loads: Mapping[int, int],
    taken: Collection[Pair],
    cost: Callable[[int, int, int | None], int],
) -> set[Pair]:
    """Pairs (node, other) that give each node as many others as it `needs`, at the least cost.

    `taken` pairs cannot be used again; `cost(node, other, None)` is of the pair, `cost(node, other, load)` of
    the other's carrying one more.
    """
    found: dict[int, set[int]] = {other: set() for other in order}  # other -> nodes that it serves
    carries = {other: loads.get(other, 0) for other in order}
    closed = set(taken)
    for round_of in range(max(needs.values(), default=0)):
        for node in order:
            if needs[node] > round_of:
                _augment(node, order, found, carries, closed, cost)
    return {(node, other) for other, nodes in found.items() for node in nodes}


def _augment(
    start: int,
    order: Collection[int],
    found: dict[int, set[int]],
    carries: dict[int, int],
    closed: Collection[Pair],
    cost: Callable[[int, int, int | None], int],
) -> None:
    """Give `start` one more, along the cheapest path of swaps that ends where somebody carries one more."""
    dist = {start: 0}
    best: dict[int, int] = {}  # the cheapest way to each other
    came_from: dict[int, int] = {}  # other -> the node that it would serve
    through: dict[int, int] = {}  # node -> the other that would leave it
    queue = deque([start])
    while queue:
        node = queue.popleft()
        for other in order:
            if other == node or (node, other) in closed or node in found[other]:
                continue
            way = dist[node] + cost(node, other, None)
            if other in best and best[other] <= way:
                continue
            best[other], came_from[other] = way, node
            for freed in found[other]:  # `other` serves `node` in its stead, and `freed` looks on
                back = way - cost(freed, other, None)
                if freed != start and (freed not in dist or back < dist[freed]):
                    dist[freed], through[freed] = back, other
                    queue.append(freed)
    other = min(
        (o for o in order if o in best), key=lambda o: best[o] + cost(came_from[o], o, carries[o] + 1)
    )
    carries[other] += 1
    while True:
        node = came_from[other]
        found[other].add(node)
        if node == start:
            return
        other = through[node]
        found[other].remove(node)
