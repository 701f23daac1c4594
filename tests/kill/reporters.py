"""People who report for the kill test: `reporters FIRST`, one report after another; each one acknowledged is printed."""

import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hunhe.house.settings")
django.setup()

from hunhe.networks.governance import actions  # noqa: E402  # after Django is up
from hunhe.stone.who import Who  # noqa: E402

LON, LAT = 123.4185, 41.7903
FAR = 0.002
"""Degrees between two problems; every third report joins the one before it."""


def report(number: int) -> str:
    made = actions.report_problem(
        who=Who(id=f"acc_{number % 7}", kind="citizen", subject_id=f"per_{number % 7}", level=2),
        kind="c0103",
        lon=LON + FAR * (number // 3 % 40),
        lat=LAT + FAR * (number // 120),
        key=f"kill {number}",
    )
    return f"{number} {made.id} {made.problem_id}"


if __name__ == "__main__":
    for _number in range(int(sys.argv[1]), 100_000):
        print(report(_number), flush=True)  # noqa: T201  # to the test that started it
