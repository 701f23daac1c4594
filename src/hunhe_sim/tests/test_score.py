from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from hunhe_sim.day.score import score


def test_a_small_case_by_hand() -> None:
    owners = {("a", "1"): "P1", ("b", "1"): "P1", ("c", "1"): "P1", ("a", "2"): "P2", ("b", "2"): "P2"}
    links = [
        (("a", "1"), "s1"),
        (("b", "1"), "s1"),
        (("c", "1"), "s2"),
        (("a", "2"), "s2"),
        (("b", "2"), "s3"),
        (("z", "9"), "s9"),
    ]
    result = score(links, owners)
    assert (result.precision, result.recall) == (1 / 2, 1 / 4)
    assert (result.keys, result.unknown, result.subjects, result.true_owners) == (5, 1, 3, 2)
    assert score([], {}).f1 == 1.0


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=30))
def test_it_agrees_with_counting_every_pair(rows: list[tuple[int, int]]) -> None:
    owners = {("x", str(place)): f"P{owner}" for place, (owner, _) in enumerate(rows)}
    result = score([(("x", str(place)), f"s{subject}") for place, (_, subject) in enumerate(rows)], owners)
    pairs = list(combinations(rows, 2))
    said = sum(one[1] == two[1] for one, two in pairs)
    real = sum(one[0] == two[0] for one, two in pairs)
    both = sum(one == two for one, two in pairs)
    assert result.precision == (both / said if said else 1.0)
    assert result.recall == (both / real if real else 1.0)
