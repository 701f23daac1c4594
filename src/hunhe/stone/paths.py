"""Where a city lives on disk. Pure path arithmetic; nothing is created here."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class DataFolder:
    """One city's data folder and its neighbours. The signing keys lie beside it, never in it."""

    root: Path

    @property
    def database(self) -> Path:
        return self.root / "hunhe.sqlite"

    @property
    def lake(self) -> Path:
        """Delta tables, one folder per table."""
        return self.root / "lake"

    @property
    def serving(self) -> Path:
        """Read-only look-up files, `<dataset>/<version>.sqlite`."""
        return self.root / "serving"

    @property
    def staging(self) -> Path:
        """Rows on their way from a source to the lake."""
        return self.root / "staging"

    @property
    def audit(self) -> Path:
        """Merkle tiles and checkpoints."""
        return self.root / "audit"

    @property
    def files(self) -> Path:
        return self.root / "files"

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def lock(self) -> Path:
        return self.root / "lock"

    @property
    def keys(self) -> Path:
        return self.root.with_name(self.root.name + ".keys")
