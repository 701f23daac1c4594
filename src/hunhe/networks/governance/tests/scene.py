"""What the tests play with: people of every post, photos with a place, a street."""

import io
from typing import Any

from PIL import ExifTags, Image

from hunhe.kernel.events import actions as events
from hunhe.kernel.flow import queries as flow
from hunhe.networks.governance import actions
from hunhe.networks.governance.shapes import Photo, Problem, Report
from hunhe.stone import ids
from hunhe.stone.who import Who

SYSTEM = Who.system("test")
LON, LAT = 123.4185, 41.7903
COVER = "c0103"
METRE = 1 / 111_195  # of latitude, in degrees
SEES = ("governance.may_see_problems", "flow.may_move_cases")


TEAMS = ("drainage_1", "drainage_2", "municipal_1", "sanitation_3", "greening_1", "order_1")
CREWS = tuple(f"fixer.{team}" for team in TEAMS)


def _official(name: str, *may: str, posts: tuple[str, ...] = ()) -> Who:
    held, codes = frozenset((*SEES, *may)), tuple(f"urban_management.{post}" for post in posts)
    return Who(id=f"acc_{name}", kind="official", name=name, department="urban_management", may=held, posts=codes)


PATROL = _official("patrol", "governance.may_patrol")
DISPATCHER = _official("dispatcher", "governance.may_dispatch", "governance.may_see_originals")
FIXER = _official("fixer", "governance.may_fix", "governance.may_see_originals", posts=CREWS)
INSPECTOR = _official("inspector", "governance.may_check", "governance.may_see_originals", posts=("inspector",))
SUPERVISOR = _official("supervisor", "governance.may_supervise", "governance.may_keep_components", posts=("supervisor",))
ALL_ROUND = _official(
    "all_round", "governance.may_dispatch", "governance.may_fix", "governance.may_check", posts=(*CREWS, "inspector")
)


def citizen(number: int = 1) -> Who:
    return Who(id=f"acc_c{number}", kind="citizen", name=f"市民{number}", subject_id=f"per_{number}", level=2)


def jpeg(lon: float | None = LON, lat: float | None = LAT, color: str = "#8a9a9f") -> bytes:
    """A small photo that says where it was taken; both None: it does not say."""
    image = Image.new("RGB", (64, 48), color)
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "hunhe test"
    if lon is not None and lat is not None:
        exif.get_ifd(ExifTags.IFD.GPSInfo).update(
            {
                ExifTags.GPS.GPSLatitudeRef: "N" if lat >= 0 else "S",
                ExifTags.GPS.GPSLatitude: _parts(lat),
                ExifTags.GPS.GPSLongitudeRef: "E" if lon >= 0 else "W",
                ExifTags.GPS.GPSLongitude: _parts(lon),
            }
        )
    body = io.BytesIO()
    image.save(body, "JPEG", exif=exif)
    return body.getvalue() + ids.new("x").encode()  # no two are the same, as with cameras


def _parts(value: float) -> tuple[float, float, float]:
    value = abs(value)
    degrees, rest = divmod(value, 1)
    minutes, rest = divmod(rest * 60, 1)
    return degrees, minutes, round(rest * 60, 4)


def photo(who: Who, lon: float | None = LON, lat: float | None = LAT) -> Photo:
    return actions.keep_photo(who=who, name="p.jpg", stream=io.BytesIO(jpeg(lon, lat)))


def report(who: Who | None = None, kind: str = COVER, lon: float = LON, lat: float = LAT, **said: Any) -> Report:
    made: Report = actions.report_problem(
        who=who or citizen(), kind=kind, lon=lon, lat=lat, key=said.pop("key", ids.new("key")), **said
    )
    return made


def dispatched(problem_id: str, rev: int = 1, team: str = "drainage_2") -> Problem:
    return actions.dispatch_problem(who=DISPATCHER, problem_id=problem_id, team=team, expected_version=rev)


def fixed(problem: Problem, lat: float = LAT, who: Who = FIXER) -> Problem:
    return actions.report_fix(who=who, problem_id=problem.id, photo_ids=[photo(who, LON, lat).id], expected_version=problem.rev)


def closed(problem: Problem) -> Problem:
    return actions.check_problem(who=INSPECTOR, problem_id=problem.id, passes=True, expected_version=problem.rev)


def settle() -> None:
    """Let everything that was published arrive."""
    while events.run_due(who=SYSTEM, limit=200):
        pass


def stage(problem_id: str) -> str:
    return flow.case_by_id(who=SYSTEM, case_id=problem_id).stage
