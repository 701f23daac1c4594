"""Notices as their readers see them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One thing said to a reader. title and body are msgids, `params` fill their %(name)s; link is a path of this city."""

    id: int
    title: str
    body: str
    params: Mapping[str, Any] = field(default_factory=dict)
    link: str = ""
    at: datetime
    read: bool = False
