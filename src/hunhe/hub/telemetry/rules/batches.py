"""What a batch must be, read strictly and fast; and the reasons for which a single reading is not taken."""

import math
import re
from typing import Annotated, Any, Literal

import msgspec

BODY_LIMIT = 2_000_000
READINGS_LIMIT = 5_000
_KEY = re.compile(r"[\x21-\x7e]{1,128}")

Reason = Literal["unknown_site", "unknown_metric", "not_a_time", "off_step", "in_future", "not_a_number", "conflict"]
MISSING = (None, "", "NA")
"""How a source may say that there is no reading. It is none, then: nothing is refused and nothing is kept."""


class SentReading(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """One reading as sent. at: in the source's clock. value: a number, or a way to say that there is none."""

    site: str
    metric: str
    at: str
    value: Any


class SentBatch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A whole body."""

    source: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    readings: Annotated[list[SentReading], msgspec.Meta(min_length=1, max_length=READINGS_LIMIT)]


_decode = msgspec.json.Decoder(SentBatch).decode


def read_batch(body: bytes) -> SentBatch:
    """ValueError with where and why."""
    try:
        return _decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ValueError(str(error)) from error


def read_key(raw: bytes | None) -> str | None:
    """The `Idempotency-Key` header; ValueError for one that is no key."""
    if raw is None:
        return None
    text = raw.decode("latin-1").strip()
    if not _KEY.fullmatch(text):
        raise ValueError(text)
    return text


def read_value(value: Any) -> float:
    """ValueError for what is not a finite number."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or abs(value) > 1e12:
        raise ValueError(str(value))
    return float(value)
