"""A team for the kill test: `fixers FIRST`, one problem after another from report to check; each move acknowledged is printed."""

import io
import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hunhe.house.settings")
django.setup()

from hunhe.networks.governance import actions  # noqa: E402  # after Django is up
from hunhe.networks.governance.shapes import Problem  # noqa: E402
from hunhe.networks.governance.tests import scene  # noqa: E402

FAR = 0.002
"""Degrees between two problems, so that none joins another."""


def say(number: int, move: str, problem: Problem) -> None:
    print(number, move, problem.id, problem.rev, flush=True)  # noqa: T201  # to the test that started it


def work(number: int) -> None:
    """Report, send, fix with a photo taken there; said again under the same keys it is the same."""
    lon, lat = scene.LON + FAR * (number % 40), scene.LAT + FAR * (number // 40)
    made = scene.report(lon=lon, lat=lat, key=f"kill {number}")
    sent = actions.dispatch_problem(
        who=scene.DISPATCHER, problem_id=made.problem_id, team="drainage_2", expected_version=1, key=f"send {number}"
    )
    say(number, "dispatch", sent)
    photo = actions.keep_photo(who=scene.FIXER, name="p.jpg", stream=io.BytesIO(scene.jpeg(lon, lat)))
    fixed = actions.report_fix(
        who=scene.FIXER, problem_id=sent.id, photo_ids=[photo.id], expected_version=3, key=f"fix {number}"
    )
    say(number, "fix", fixed)


if __name__ == "__main__":
    for _number in range(int(sys.argv[1]), 100_000):
        work(_number)
