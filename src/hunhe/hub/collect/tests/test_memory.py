"""A file larger than memory is loaded within it."""

import os
import re
from pathlib import Path

import pytest

from hunhe.hub.collect.bench import _contract, _write_csv
from hunhe.hub.collect.tests.places import SYSTEM
from hunhe.hub.lake import queries as lake
from hunhe.hub.lake.tests.processes import run_process

RUN = """
import re
from pathlib import Path
from hunhe.hub.collect import actions
from hunhe.stone.who import Who
batch = actions.land_file(who=Who.system("test"), path={path!r}, dataset={dataset!r})
told = Path("/proc/self/status").read_text()  # getrusage would tell the peak of the process that began this one, too
print("PEAK", int(re.search(r"VmHWM:\\s+(\\d+)", told)[1]) // 1024, batch.state.value, batch.loaded, batch.quarantined, batch.difference)
"""
ROWS = int(os.environ.get("HUNHE_TEST_LAND_ROWS", "1500000"))  # 17 million rows are 2 GB


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.django_db(transaction=True)
def test_a_batch_process_stays_below_one_gibibyte(tmp_path: Path) -> None:
    path = tmp_path / "employment.csv"
    engine = lake.connect(who=SYSTEM, memory="1GB")
    _write_csv(engine, path, ROWS)
    engine.close()
    done = run_process(RUN.format(path=str(path), dataset=_contract()), timeout=1500)
    assert done.returncode == 0, done.stderr[-2000:]
    told = re.search(r"PEAK (.*)", done.stdout)
    assert told is not None, done.stdout
    peak, state, *counts = told[1].split()
    assert (state, [int(count) for count in counts]) == ("reconciled", [ROWS - ROWS // 1000, ROWS // 1000, 0])
    assert int(peak) < 1024
