"""Writes the kit's working calendar from the chinesecalendar package: `python -m tools.calendar_content`.

Run it after an upgrade of the package that knows a newly announced year; `overrides.toml` beside the years is written by hand.
"""

from collections import defaultdict
from datetime import date
from importlib.metadata import version
from pathlib import Path

from chinese_calendar.constants import Holiday, holidays, workdays

FOLDER = Path(__file__).resolve().parents[1] / "cities" / "kit" / "kernel" / "city" / "calendar"
NAMES = {holiday.value: holiday.chinese for holiday in Holiday}


def write(folder: Path) -> list[Path]:
    """One file per year that the package knows: days off that are weekdays, weekend days worked."""
    years: dict[int, dict[str, dict[date, str]]] = defaultdict(lambda: {"holidays": {}, "workdays": {}})
    for kind, days in (("holidays", holidays), ("workdays", workdays)):
        for day, name in days.items():
            years[day.year][kind][day] = NAMES[name]
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for year, days_of in sorted(years.items()):
        path = folder / f"{year}.toml"
        path.write_text(_text(year, days_of), encoding="utf-8")
        written.append(path)
    return written


def _text(year: int, days: dict[str, dict[date, str]]) -> str:
    lines = [f"year = {year}", f'source = "国务院办公厅节假日安排通知，经 chinesecalendar {version("chinesecalendar")} 整理"']
    for kind in ("holidays", "workdays"):
        rows = [f'  {{ day = {day}, name = "{name}" }},' for day, name in sorted(days[kind].items())]
        lines += ["", f"{kind} = [", *rows, "]"]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(f"{len(write(FOLDER))} years written to {FOLDER}")
