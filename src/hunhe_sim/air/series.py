"""Hourly series in files: a column `PM_…` per site, the file's own hours, gaps as `NA` or nothing."""

import csv
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

PREFIX = "PM_"
MISSING = ("", "NA")
NAMES = {
    "PM_Taiyuanjie": ("太原街", "和平区"),
    "PM_US Post": ("美国驻沈阳总领事馆", "和平区"),
    "PM_Xiaoheyan": ("小河沿", "沈河区"),
}
"""What sites of the known series are called, and the district they stand in."""


@dataclass(frozen=True, slots=True)
class Row:
    """One value as the file has it. value: a number, or the file's text where it is none."""

    site: str
    at: str
    value: float | str


@dataclass(frozen=True, slots=True)
class AirFile:
    """A series in a file. digest: of its bytes; it names the series."""

    path: Path
    digest: str
    sites: tuple[str, ...]

    @classmethod
    def of(cls, path: Path) -> "AirFile":
        """ValueError when the file has no column of readings or lacks a column of time."""
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        with path.open(encoding="utf-8-sig", newline="") as file:
            columns = next(csv.reader(file), [])
        sites = tuple(column for column in columns if column.startswith(PREFIX))
        if not sites or not {"year", "month", "day", "hour"} <= set(columns):
            raise ValueError(f"{path} needs columns year, month, day, hour and one {PREFIX}… per site")
        return cls(path, digest, sites)

    def rows(self) -> Iterator[Row]:
        """Every value in the order of the file, gaps left out."""
        with self.path.open(encoding="utf-8-sig", newline="") as file:
            for line in csv.DictReader(file):
                at = f"{int(line['year']):04}-{int(line['month']):02}-{int(line['day']):02}T{int(line['hour']):02}:00"
                for site in self.sites:
                    text = (line[site] or "").strip()
                    if text not in MISSING:
                        yield Row(site, at, _number(text))


def make_series(path: Path, year: int = 2025, days: int = 45, seed: int = 7) -> None:
    """Write a series of made-up sites (示例): winter nights above the limit, hours without readings, rows out of order."""
    rng = np.random.default_rng(seed)
    hours = days * 24
    clock = np.arange(hours)
    columns = {}
    for number, name in enumerate(("PM_样例一", "PM_样例二", "PM_样例三")):
        slow = 70 + 60 * np.sin(2 * np.pi * clock / (24 * (5 + number))) + 25 * np.sin(2 * np.pi * (clock - 3 * number) / 24)
        values = np.clip(slow + rng.normal(0, 14, hours), 3, 900).round().astype(int).astype(str).tolist()
        start = 100 + 90 * number
        values[start : start + 9] = [str(160 + 20 * step) for step in range(9)]  # at least one warning
        values[start + 9] = "40"
        values[start + 40 : start + 47] = ["NA"] * 7  # at least one gap
        for hole in rng.integers(0, hours, 12):
            values[hole] = "NA"
        columns[name] = values
    lines = []
    for hour in range(hours):
        day = np.datetime64(f"{year}-11-15") + np.timedelta64(hour // 24, "D")
        date_parts = str(day).split("-")
        lines.append([hour + 1, *map(int, date_parts), hour % 24, *(values[hour] for values in columns.values())])
    lines[10], lines[11] = lines[11], lines[10]
    lines.append(lines[20])
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["No", "year", "month", "day", "hour", *columns])
        writer.writerows(lines)


def _number(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text
