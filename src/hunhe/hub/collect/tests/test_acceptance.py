"""The acceptance of collection, on real servers: HUNHE_TEST_COLLECT_ROWS=1000000 runs it at its full size."""

import hashlib
import logging
import os
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest

from hunhe.hub.collect import actions, queries
from hunhe.hub.collect.shapes import BatchState
from hunhe.hub.collect.tests.places import GOOD_USCC, SYSTEM, current, id_number
from hunhe.hub.collect.tests.servers import SERVERS, Server
from hunhe.hub.collect.tests.test_databases import CREATE, a_day_later, collect, make
from hunhe.hub.lake.tests.processes import run_process

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow, pytest.mark.timeout(1800)]
ROWS = int(os.environ.get("HUNHE_TEST_COLLECT_ROWS", "20000"))
BAD = ROWS // 1000
DELETED = EDITED = ROWS // 2000
LATE = ROWS // 5000
MIDNIGHT = datetime(2026, 1, 1)
RUN = """
from hunhe.hub.collect import actions, load
from hunhe.hub.collect.sources import tables
from hunhe.stone.who import Who
def halfway(path, columns, rows, inner=tables.write_rows):
    return inner(path, columns, (row if number < {half} else die() for number, row in enumerate(rows)))
{trap}
actions.run_batch(who=Who.system("test"), batch_id={batch!r})
"""


@pytest.fixture(params=SERVERS)
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    with SERVERS[request.param]() as made:
        yield made


def _row(serial: int, moment: str = "") -> tuple[str, ...]:
    """A row changed in minute `serial` of the year, unless told otherwise; each thousandth has a wrong check character."""
    number = id_number(serial)
    if serial % 1000 == 999:
        number = number[:17] + ("1" if number[17] != "1" else "2")
    return (
        f"JY{serial:08d}",
        number,
        f"张{serial % 97}",
        "2024-03-01",
        GOOD_USCC,
        moment or str(MIDNIGHT + timedelta(minutes=serial)),
    )


def _good(start: int, end: int) -> int:
    return sum(serial % 1000 != 999 for serial in range(start, end))


def _fill(server: Server, rows: Iterator[tuple[str, ...]]) -> None:
    cursor = server.connection.cursor()
    if server.kind == "postgresql":
        with cursor.copy("COPY employment FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
    else:
        cursor.executemany("INSERT INTO employment VALUES (%s, %s, %s, %s, %s, %s)", list(rows))


def _hashes_at_the_source(server: Server) -> set[tuple[str, str]]:
    """Key and digest of every good row, made from a plain SELECT."""
    chosen = "reg_no, id_number, name, reg_date, employer_uscc, updated_at"
    rows = server.run(f"SELECT {chosen} FROM employment")
    texts = ([str(value) for value in row] for row in rows)
    return {
        (row[0], hashlib.md5("\x1f".join(row).encode(), usedforsecurity=False).hexdigest())
        for row in texts
        if int(row[0][2:]) % 1000 != 999
    }


def test_killed_sent_twice_and_changed_behind_our_back(
    server: Server, monkeypatch: pytest.MonkeyPatch, record_property: Callable[[str, object], None]
) -> None:
    server.run(CREATE)
    _fill(server, (_row(serial) for serial in range(ROWS)))
    dataset = make(server)
    batch = actions.collect_now(who=SYSTEM, dataset=dataset).id
    for trap in ("tables.write_rows = halfway", "load.commit_current = die"):
        killed = run_process(RUN.format(trap=trap, batch=batch, half=ROWS // 2), timeout=600)
        assert killed.returncode == -9, killed.stderr[-2000:]
    done = actions.run_batch(who=SYSTEM, batch_id=batch)
    again = collect(dataset)
    assert (done.state, again.state, again.difference) in {
        (BatchState.RECONCILED, BatchState.REPEATED, None),
        (BatchState.RECONCILED, BatchState.RECONCILED, 0),
    }
    assert (done.source_rows, done.loaded, done.quarantined, done.difference) == (ROWS, ROWS - BAD, BAD, 0)
    assert len(current(dataset, "_key")) == len(set(current(dataset, "_key"))) == ROWS - BAD
    (why,) = queries.quarantine_summary(who=SYSTEM, batch_id=batch)
    assert (why.rule, why.rows) == ("id_number.check", BAD)

    server.run(f"DELETE FROM employment WHERE reg_no < 'JY{DELETED:08d}'")
    first, last = ROWS // 2, ROWS // 2 + EDITED
    server.run(f"UPDATE employment SET name = '悄悄' WHERE reg_no >= 'JY{first:08d}' AND reg_no < 'JY{last:08d}'")
    _fill(server, (_row(serial, str(MIDNIGHT)) for serial in range(ROWS, ROWS + LATE)))
    a_day_later(monkeypatch)
    loaded = time.perf_counter()
    after = collect(dataset)
    ended = time.perf_counter()
    assert (after.state, after.difference) == (BatchState.RECONCILED, 0)
    assert after.source_rows < ROWS / 4
    assert (after.added, after.changed, after.removed) == (_good(ROWS, ROWS + LATE), _good(first, last), _good(0, DELETED))
    assert set(current(dataset, "_key, _hash")) == _hashes_at_the_source(server)
    figures = {"rows": ROWS, "read again": after.source_rows, "seconds": round(ended - loaded, 1)}
    record_property(server.kind, figures)
    logging.getLogger(__name__).warning("%s: %s", server.kind, figures)
