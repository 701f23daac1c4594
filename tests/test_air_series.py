"""An air series from file to warnings: the city's answer equals one SQL query over the file, for the real series and for any other."""

import csv
import random
from itertools import islice
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hunhe.hub.telemetry import verification
from hunhe.hub.telemetry.tests.scene import Found, Scene, make_scene
from hunhe.stone import ids
from hunhe_sim.air.reference import warnings_of
from hunhe_sim.air.series import AirFile, Row, make_series
from tools.pytest_city import lacking

pytestmark = pytest.mark.django_db
AT_ONCE = 2_000
QUERY = """
WITH file AS (
  SELECT *, row_number() OVER () AS line FROM read_csv('{path}', all_varchar = true, header = true)
), long AS (
  UNPIVOT (SELECT line, make_timestamp(year::INT, month::INT, day::INT, hour::INT, 0, 0) AS moment, COLUMNS('PM_.*') FROM file)
  ON COLUMNS('PM_.*') INTO NAME site VALUE text
), reading AS (
  SELECT site, moment, arg_min(TRY_CAST(text AS DOUBLE), line) AS value
  FROM long WHERE text NOT IN ('', 'NA') GROUP BY site, moment
), beside AS (
  SELECT *, lag(moment) OVER series AS before, lag(value) OVER series AS value_before, lead(moment) OVER series AS after
  FROM reading WINDOW series AS (PARTITION BY site ORDER BY moment)
), numbered AS (
  SELECT *, sum(CASE WHEN value > 150 AND value_before > 150 AND moment - before <= INTERVAL 3 HOUR THEN 0 ELSE 1 END)
    OVER (PARTITION BY site ORDER BY moment) AS run
  FROM beside
), placed AS (
  SELECT *, row_number() OVER (PARTITION BY site, run ORDER BY moment) AS place, count(*) OVER (PARTITION BY site, run) AS many,
    max(value) OVER (PARTITION BY site, run) AS peak
  FROM numbered WHERE value > 150
)
SELECT first.site, strftime(first.moment, '%Y-%m-%dT%H:%M'),
  strftime(CASE WHEN last.after - last.moment > INTERVAL 3 HOUR THEN last.moment ELSE last.after END, '%Y-%m-%dT%H:%M'),
  first.peak
FROM placed AS first JOIN placed AS last ON last.site = first.site AND last.run = first.run AND last.place = last.many
WHERE first.place = 3 ORDER BY 1, 2
"""


def by_sql(path: Path) -> list[Found]:
    with duckdb.connect(config={"threads": 1}) as engine:  # the lines of the file in their order
        return [tuple(row) for row in engine.execute(QUERY.format(path=path)).fetchall()]  # type: ignore[misc]  # four columns, as the query names them


def by_city(scene: Scene, rows: list[Row], at_once: int = AT_ONCE) -> list[Found]:
    left = iter(rows)
    while piece := list(islice(left, at_once)):
        scene.send([(row.site, row.at, row.value) for row in piece])
    return scene.warnings()


def by_reference(rows: list[Row]) -> list[Found]:
    return [(found["site"], found["start"], found["end"], found["peak"]) for found in warnings_of(rows)]


def scene_of(file: AirFile) -> Scene:
    return make_scene(f"s{ids.new('x')[-20:]}", sites=file.sites)


@pytest.mark.data
def test_the_real_series_gives_the_warnings_of_the_query(shared_data: Path, prepared_city: None) -> None:
    path = shared_data / "03_sensors" / "pm25_shenyang_2010_2014.csv"
    if not path.exists():
        lacking("data", f"no real series at {path}")
    expected = by_sql(path)
    file = AirFile.of(path)
    rows = list(file.rows())
    assert len(expected) > 400
    assert by_reference(rows) == expected
    assert by_city(scene_of(file), rows) == expected
    random.Random(7).shuffle(rows)
    shuffled = scene_of(file)
    assert by_city(shuffled, rows, 5_000) == expected
    assert all(check.ok for check in verification.check_warnings())


def test_the_series_the_world_makes_holds_warnings_a_gap_a_repeat_and_rows_out_of_order(
    tmp_path: Path, prepared_city: None
) -> None:
    make_series(tmp_path / "air.csv")
    file = AirFile.of(tmp_path / "air.csv")
    rows = list(file.rows())
    found = by_sql(file.path)
    assert by_reference(rows) == found
    scene = scene_of(file)
    assert by_city(scene, rows) == found
    assert found
    assert scene.warnings("offline")
    times = [row.at for row in rows if row.site == file.sites[0]]
    assert times != sorted(times)
    assert len(set(times)) < len(times)


def test_a_file_without_readings_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("No,year,month,day,hour,DEWP\n1,2010,1,1,0,-1\n")
    with pytest.raises(ValueError, match="PM_"):
        AirFile.of(tmp_path / "a.csv")


values = st.sampled_from(["NA", "", "10", "150", "150.5", "151", "200", "333", "600"])
lines = st.lists(st.tuples(st.integers(0, 30), st.lists(values, min_size=3, max_size=3)), min_size=1, max_size=45)


@given(lines=lines, sites=st.integers(1, 3), at_once=st.sampled_from([1, 7, 50, 2_000]))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_small_file_gives_the_warnings_of_the_query(
    prepared_city: None, tmp_path: Path, lines: list[tuple[int, list[str]]], sites: int, at_once: int
) -> None:
    """Hours repeat with other values, rows come in any order, any number of columns."""
    path = tmp_path / f"{ids.new('f')}.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["No", "year", "month", "day", "hour", *(f"PM_Site {number}" for number in range(sites))])
        for number, (hour, row) in enumerate(lines):
            writer.writerow([number + 1, 2012, 2, 28 + hour // 24, hour % 24, *row[:sites]])
    series = AirFile.of(path)
    rows = list(series.rows())
    expected = by_sql(path)
    assert by_reference(rows) == expected
    assert by_city(scene_of(series), rows, at_once) == expected
