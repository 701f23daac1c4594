"""Finds the rooms on disk, floor by floor: a room is a folder with an `apps.py`."""

from pathlib import Path

FLOORS = ("ui", "kernel", "hub", "wallet", "networks", "economy", "scenes", "portals", "house")


def room_folders(source: Path) -> list[Path]:
    """Every room below `source` (the hunhe package), lowest floor first."""
    found: list[Path] = []
    for floor in FLOORS:
        folder = source / floor
        if (folder / "apps.py").exists():
            found.append(folder)
        found += sorted(path.parent for path in folder.glob("*/apps.py"))
    return found


def room_apps(source: Path) -> list[str]:
    return ["hunhe." + ".".join(folder.relative_to(source).parts) for folder in room_folders(source)]


def room_locales(source: Path) -> list[str]:
    return [str(folder / "locale") for folder in room_folders(source) if (folder / "locale").is_dir()]
