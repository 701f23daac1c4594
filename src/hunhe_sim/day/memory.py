"""What the people of this world remember from one day to the next: their secrets, and what the city told them."""

import json
import os
from pathlib import Path
from typing import Any

FILE = "memory.json"


class Memory:
    """A small JSON file in the world's folder, readable by its owner alone; written at each change.

    It speaks of one city, named by the key that signs its log: another city starts with nothing remembered.
    """

    def __init__(self, world: Path, city: str) -> None:
        self._path = world / FILE
        kept: dict[str, Any] = json.loads(self._path.read_text(encoding="utf-8")) if self._path.exists() else {}
        self._kept = kept if kept.get("city") == city else {"city": city}

    def get(self, name: str) -> Any:
        """What was kept under a name, None if nothing was."""
        return self._kept.get(name)

    def keep(self, name: str, value: Any) -> None:
        self._kept[name] = value
        aside = self._path.with_suffix(".new")
        with os.fdopen(os.open(aside, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "w", encoding="utf-8") as file:
            json.dump(self._kept, file, ensure_ascii=False, indent=1)
        aside.replace(self._path)
