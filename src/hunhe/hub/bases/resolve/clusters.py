"""From scored pairs to entities: grow groups along the strongest evidence, as long as the group as a whole agrees."""

from collections.abc import Iterable

Edge = tuple[int, int, float]


def group(records: int, edges: Iterable[Edge], strangers: float) -> list[int]:
    """The group of each record. `edges` (l, r, evidence in nats); a pair not among them counts as `strangers` (negative).

    Two groups join when the mean evidence over all pairs between them is positive (average linkage), strongest edge first.
    """
    leader = list(range(records))
    members: dict[int, list[int]] = {}
    known: dict[int, dict[int, float]] = {}
    strong: list[Edge] = []
    for left, right, weight in edges:
        known.setdefault(left, {})[right] = weight
        known.setdefault(right, {})[left] = weight
        if weight > 0:
            strong.append((left, right, weight))
    strong.sort(key=lambda edge: (-edge[2], edge[0], edge[1]))
    for left, right, _ in strong:
        one, two = leader[left], leader[right]
        if one == two:
            continue
        ours, theirs = members.get(one, [one]), members.get(two, [two])
        between = sum(known[a].get(b, strangers) for a in ours for b in theirs)
        if between > 0:
            small, large = (one, two) if len(ours) < len(theirs) else (two, one)
            joined = members.setdefault(large, [large])
            for record in members.pop(small, [small]):
                leader[record] = large
                joined.append(record)
    return leader
