"""What passes through the doors of files."""

from dataclasses import dataclass
from datetime import datetime
from typing import IO


@dataclass(frozen=True, slots=True)
class StoredFile:
    """One stored file. media_type: found in its content, never taken from its name; size in bytes; digest: hex."""

    id: str
    name: str
    media_type: str
    size: int
    digest: str
    purpose: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class OpenFile:
    """A stored file with its content, to be read and closed by the caller."""

    file: StoredFile
    content: IO[bytes]
