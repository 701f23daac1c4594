"""What passes through the doors of bases. Plain values, frozen."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Resolution:
    """One list resolved. precision, recall, f1: over pairs of records, None without a truth column.

    entity_of: for each record in the list's order the number of the record that leads its entity.
    columns: what each compared column was taken for.
    """

    records: int
    entities: int
    precision: float | None
    recall: float | None
    f1: float | None
    seconds: float
    entity_of: tuple[int, ...] = ()
    columns: Mapping[str, str] = field(default_factory=dict)
