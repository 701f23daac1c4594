"""How far a source has been read: the highest value of its watermark column, kept as text with its kind. Pure."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

TEXT_FORMS = ("%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M:%S", "%Y-%m-%d %H:%M:%S.%f", "%Y%m%d%H%M%S", "%Y-%m-%d", "%Y%m%d")


def written(value: Any) -> str:
    """A watermark as it is kept: its kind and its text; empty for none."""
    match value:
        case datetime():
            return f"datetime {value.isoformat()}"
        case date():
            return f"date {value.isoformat()}"
        case bool() | None:
            return ""
        case int() | Decimal() | float():
            return f"number {value}"
        case _:
            return f"text {value}"


def lower_bound(kept: str, overlap: int) -> Any:
    """From where to read again: the watermark less `overlap` seconds, or as many steps of a counting column.

    Rows committed late carry a watermark a little below the highest that was seen. Text that holds a moment is moved in
    its own spelling; other text is taken as it is.
    """
    kind, _, text = kept.partition(" ")
    match kind:
        case "datetime":
            return datetime.fromisoformat(text) - timedelta(seconds=overlap)
        case "date":
            return date.fromisoformat(text) - timedelta(days=-(-overlap // 86_400))
        case "number":
            value = Decimal(text) - overlap
            return int(value) if value == int(value) else float(value)
        case _:
            return _moved(text, overlap)


def _moved(text: str, overlap: int) -> str:
    for form in TEXT_FORMS:
        try:
            moment = datetime.strptime(text, form)  # noqa: DTZ007  # the source's own clock, whatever its zone
        except ValueError:
            continue
        return (moment - timedelta(seconds=overlap)).strftime(form)
    return text


@dataclass(frozen=True, slots=True)
class Reading:
    """What of a table one delivery reads: everything, or rows past `since` and whole buckets of keys."""

    complete: bool
    since: Any = None
    buckets: tuple[str, ...] = ()


def reading_of(*, due: bool, since: Any, differing: tuple[str, ...] | None, all_buckets: int) -> Reading:
    """Decide how much to read where an earlier load left a watermark. due: it is time to compare.

    differing: buckets whose rows are not those of the hub, None where the server cannot say. When an eighth of all
    buckets differ, one whole read is cheaper than picking.
    """
    if not due:
        return Reading(complete=False, since=since)
    if differing is None or len(differing) * 8 > all_buckets:
        return Reading(complete=True)
    return Reading(complete=False, since=since, buckets=differing)


def bucket_digits(rows: int) -> int:
    """Hex digits by which keys are put into buckets of about sixteen rows."""
    return 2 if rows < 4_096 * 4 else 3 if rows < 65_536 * 4 else 4
