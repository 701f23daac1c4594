"""How two records are compared: per column, ordered levels of likeness in SQL."""

from dataclasses import dataclass

from hunhe.hub.bases.resolve.features import WEIGHT_BITS, Feature
from hunhe.hub.bases.resolve.roles import Role


@dataclass(frozen=True, slots=True)
class Comparison:
    """`levels` are conditions over rows l and r, best first; what meets none is level 0, a missing cell −1.

    `rare`: level 1 (equal) says more for a rare value, less for a common one.
    """

    feature: Feature
    levels: tuple[str, ...]
    missing: str
    rare: bool

    @property
    def column(self) -> str:
        return f"g_{self.feature.name}"

    def sql(self) -> str:
        cases = " ".join(f"WHEN {level} THEN {number}" for number, level in enumerate(self.levels, start=1))
        return f"CASE WHEN {self.missing} THEN -1 {cases} ELSE 0 END AS {self.column}"


def comparisons_of(features: tuple[Feature, ...]) -> tuple[Comparison, ...]:
    return tuple(_comparison(feature, features) for feature in features)


def compared_sql(comparisons: tuple[Comparison, ...], pairs: str) -> str:
    """A SELECT of l, r and every comparison's level, over the rows (l, r) of table `pairs` and table `records`."""
    joined = "JOIN records l ON l.rec = p.l JOIN records r ON r.rec = p.r"
    shared = [_shared_sql(c.feature) for c in comparisons if c.feature.role in (Role.TEXT, Role.ADDRESS)]
    # Shared pieces are worked out once per pair: they cost more than all the rest.
    inner = f"(SELECT p.l, p.r, {', '.join(shared)} FROM {pairs} p {joined})" if shared else pairs
    levels = ", ".join(comparison.sql() for comparison in comparisons)
    return f"SELECT p.l, p.r, {levels} FROM {inner} p {joined}"


def _comparison(feature: Feature, features: tuple[Feature, ...]) -> Comparison:
    name = feature.name
    levels = _LEVELS.get(feature.role, _equal)(name)
    if feature.role is Role.NAME:
        others = [other.name for other in features if other.role is Role.NAME and other != feature]
        levels += tuple(f"l.{name} = r.{other}" for other in others)[:1]
    missing = f"l.{name} IS NULL OR r.{name} IS NULL"
    return Comparison(feature, levels, missing, feature.role is not Role.DATE)


def _equal(name: str) -> tuple[str, ...]:
    return (f"l.{name} = r.{name}",)


def _name(name: str) -> tuple[str, ...]:
    likeness = f"jaro_winkler_similarity(l.{name}, r.{name})"
    return (f"l.{name} = r.{name}", f"l.{name}_s = r.{name}_s OR {likeness} > 0.92", f"{likeness} > 0.82")


def _text(name: str) -> tuple[str, ...]:
    shared = _shared(name)
    return (
        f"l.{name} = r.{name}",
        f"2 * {shared} >= 0.75 * (l.{name}_w + r.{name}_w)",
        f"{shared} >= 0.85 * least(l.{name}_w, r.{name}_w)",
        f"{shared} >= 0.5 * least(l.{name}_w, r.{name}_w)",
        f"{shared} >= 0.25 * least(l.{name}_w, r.{name}_w)",
    )


def _address(name: str) -> tuple[str, ...]:
    shared = _shared(name)
    near, far = (f"{shared} >= {share} * least(l.{name}_w, r.{name}_w)" for share in (0.7, 0.35))
    house = f"l.{name}_h = r.{name}_h"
    return (
        f"l.{name} = r.{name}",
        f"l.{name}_n = r.{name}_n AND {near}",
        f"{house} AND {near}",
        f"{house} AND {far}",
        f"(l.{name}_h IS NULL OR r.{name}_h IS NULL) AND {near}",
        f"{near}",
        f"{house}",
        f"{far}",
    )


def _date(name: str) -> tuple[str, ...]:
    swapped = f"(left(l.{name}, 4) = left(r.{name}, 4) AND substr(l.{name}, 5, 2) = right(r.{name}, 2) AND right(l.{name}, 2) = substr(r.{name}, 5, 2))"
    return (
        f"l.{name} = r.{name}",
        f"damerau_levenshtein(l.{name}, r.{name}) <= 1 OR {swapped}",
        f"damerau_levenshtein(l.{name}, r.{name}) <= 2",
        f"left(l.{name}, 4) = left(r.{name}, 4)",
    )


def _number(name: str) -> tuple[str, ...]:
    return (
        f"l.{name} = r.{name}",
        f"damerau_levenshtein(l.{name}, r.{name}) <= 1",
        f"damerau_levenshtein(l.{name}, r.{name}) <= 2",
    )


def _code(name: str) -> tuple[str, ...]:
    return (f"l.{name} = r.{name}", f"damerau_levenshtein(l.{name}, r.{name}) <= 1")


def _email(name: str) -> tuple[str, ...]:
    return (
        f"l.{name} = r.{name}",
        f"l.{name}_u = r.{name}_u",
        f"jaro_winkler_similarity(l.{name}_u, r.{name}_u) > 0.9",
        f"jaro_winkler_similarity(l.{name}_u, r.{name}_u) > 0.8",
    )


def _shared(name: str) -> str:
    return f"s_{name}"


def _shared_sql(feature: Feature) -> str:
    mask = (1 << WEIGHT_BITS) - 1
    name = feature.name
    pieces = f"list_intersect(l.{name}_g, r.{name}_g)"
    return f"coalesce(list_sum(list_transform({pieces}, lambda x: x & {mask})), 0) AS s_{name}"


_LEVELS = {
    Role.NAME: _name,
    Role.TEXT: _text,
    Role.ADDRESS: _address,
    Role.DATE: _date,
    Role.ID: _number,
    Role.PHONE: _number,
    Role.EMAIL: _email,
    Role.CODE: _code,
}
