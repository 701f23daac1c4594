"""What passes through the doors of audit."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from hunhe.stone.who import Who

Detail = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEntry:
    """One act to be recorded. act: `room.noun.verb`; object: what it was done to, an opaque reference; detail: JSON values."""

    who: Who
    act: str
    object: str
    subject_id: str | None = None
    detail: Detail = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Entry:
    """One recorded act as an auditor reads it. `detail` is None once its subject was lawfully erased, or when it no longer opens."""

    entry_id: str
    index: int | None
    at: datetime
    who: str
    on_behalf_of: str
    department: str
    act: str
    object: str
    subject_id: str | None
    detail: Detail | None


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The tree as it was signed. root: hex; note: the signed text (C2SP tlog-checkpoint)."""

    size: int
    root: str
    note: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a caller keeps: leaf `index` with `leaf_hash` (hex) is in the tree that `checkpoint` (signed note) names."""

    entry_id: str
    leaf_hash: str
    index: int
    checkpoint: str


@dataclass(frozen=True, slots=True)
class Proof:
    """An inclusion proof. leaf: the bytes under the leaf hash; path: hex hashes, lowest first; tree_size: that of the checkpoint."""

    entry_id: str
    index: int
    leaf: str
    leaf_hash: str
    tree_size: int
    path: tuple[str, ...]
    checkpoint: str


@dataclass(frozen=True, slots=True)
class Consistency:
    """Proof that the tree of `old_size` leaves is the beginning of the one of `new_size`."""

    old_size: int
    new_size: int
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One named check of `hunhe verify`: whether it held, and what or where not."""

    check: str
    ok: bool
    detail: str


@dataclass(frozen=True, slots=True)
class LogSize:
    """Entries sealed in the tree, and entries waiting to be."""

    sealed: int
    waiting: int
