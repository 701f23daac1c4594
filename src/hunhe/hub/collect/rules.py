"""Pure decisions of collection: whether a batch may be loaded, and what of a value may be shown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from hunhe.hub.collect.shapes import Field
from hunhe.stone.errors import msgid

HIDDEN = "*"
FEW = 100
DRIFTS = ("missing", "unknown", "twice", "retyped")


@dataclass(frozen=True, slots=True)
class Verdict:
    """Why a whole batch stays out: a code, a msgid and the facts that fill it."""

    code: str
    message: str
    detail: Mapping[str, str]


def whole_batch_out(
    *, source: int, quarantined: int, good: int, current: int | None, full: bool, threshold: float, shrink: float
) -> Verdict | None:
    """None when the batch may be loaded.

    Too many bad rows mean that something changed at the source, not that rows are bad. A full delivery far smaller
    than what is there is taken for cut off, because loading it would silently remove people. A few changed rows are
    judged as if they were a hundred: one bad row among ten says nothing of the source.
    """
    if source and quarantined / (source if full else max(source, FEW)) > threshold:
        message = msgid("%(share)s of the rows break a rule; the contract allows %(limit)s. Nothing was loaded.")
        return Verdict(
            "collect.batch.threshold", message, {"share": f"{quarantined / source:.2%}", "limit": f"{threshold:.0%}"}
        )
    if full and current and good < current * shrink:
        message = msgid("%(rows)s rows came where %(current)s are loaded. That looks cut off; nothing was loaded.")
        return Verdict("collect.batch.shrunk", message, {"rows": f"{good:,}", "current": f"{current:,}"})
    return None


def drifted(drift: Mapping[str, Sequence[str]]) -> Verdict:
    """The verdict on a delivery whose columns are not the contract's."""
    message = msgid(
        "The columns are not those of the contract. Missing: %(missing)s. Unknown: %(unknown)s. Twice: %(twice)s. Of another kind: %(retyped)s. Nothing was loaded."
    )
    return Verdict(
        "collect.batch.drift",
        message,
        {kind: ", ".join(drift.get(kind, ())[:20]) or "—" for kind in DRIFTS},
    )


def holds_password(location: str) -> bool:
    """Whether a place carries a secret that would be shown and logged with it."""
    try:
        place = urlsplit(location)
        named = {key.lower() for key, _ in parse_qsl(place.query)}
        return bool(place.password) or bool(named & {"password", "passwd", "pwd", "token", "key", "secret"})
    except ValueError:
        return False


def masked(field: Field | None, value: str) -> str:
    """What a steward may see of a value: enough to recognise a mistake, not a person."""
    if not value or (field is not None and field.sensitive == "none"):
        return value
    kind = field.type if field is not None else "text"
    if kind == "id_number" and len(value) >= 15:
        return value[:4] + HIDDEN * (len(value) - 6) + value[-2:]
    if kind == "uscc" and len(value) == 18:
        return value[:10] + HIDDEN * 4 + value[-4:]
    if kind == "phone" and len(value) >= 7:
        return value[:3] + HIDDEN * (len(value) - 5) + value[-2:]
    if kind in ("date", "datetime"):
        return value[:4] + HIDDEN * (len(value) - 4)
    return value[0] + HIDDEN * min(len(value) - 1, 8) if len(value) > 1 else HIDDEN


def id_check_character(number: str) -> str:
    """The last character that GB 11643 demands for the first 17 digits; empty when they are no digits."""
    if len(number) != 18 or not number[:17].isascii() or not number[:17].isdigit():
        return ""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return "10X98765432"[sum(int(digit) * weight for digit, weight in zip(number, weights, strict=False)) % 11]
