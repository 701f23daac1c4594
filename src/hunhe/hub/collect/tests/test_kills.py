"""`kill -9` anywhere: the batch goes on where it stopped, every row is there once, and the books balance."""

import resource
from pathlib import Path

import pytest

from hunhe.hub.collect import actions, models, queries, store
from hunhe.hub.collect.shapes import BatchState
from hunhe.hub.collect.tests.places import SYSTEM, csv_bytes, current, id_number, make_dataset, row
from hunhe.hub.lake.tests.processes import run_process
from hunhe.kernel.audit import queries as audit
from hunhe.stone import clock
from hunhe.stone.errors import Conflict

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

RUN = """
from hunhe.hub.collect import actions, check, load, pipeline, spool
from hunhe.hub.lake import actions as lake, delta, models as lake_models
from hunhe.stone.who import Who
{trap}
actions.run_batch(who=Who.system("test"), batch_id={batch!r})
"""
TRAPS = {
    "while landing": "spool.save = die",
    "while checking": "check._keep_malformed = die",
    "between check and load": "load.commit_quarantine = die",
    "inside the lake, after quarantine and changes": "load.commit_current = die",
    "between the lake's log and its pointer": "inner = load.commit_current\ndef late(*a, **k):\n    delta.added = die\n    return inner(*a, **k)\nload.commit_current = late",
    "after the pointer, before the batch knows": "inner = load.commit_current\ndef late(*a, **k):\n    inner(*a, **k)\n    die()\nload.commit_current = late",
    "while reconciling": "pipeline._keep_reasons = die",
    "inside the last transaction": "pipeline.events.publish = die",
}


def _deliver(dataset: str, folder: Path, data: bytes) -> str:
    (folder / "drop.csv").write_bytes(data)
    models.Connection.objects.update_or_create(
        name=dataset,
        defaults={"department": "human_resources", "kind": "files", "location": str(folder), "set_at": clock.now()},
    )
    return actions.collect_now(who=SYSTEM, dataset=dataset).id


@pytest.mark.parametrize("where", TRAPS)
def test_a_killed_batch_is_finished_by_the_next_try(tmp_path: Path, where: str) -> None:
    dataset = make_dataset()
    actions.run_batch(who=SYSTEM, batch_id=_deliver(dataset, tmp_path, csv_bytes(row(n) for n in range(60))))
    bad = id_number(5)[:17] + ("1" if id_number(5)[17] != "1" else "2")
    data = csv_bytes([*(row(n) for n in range(10, 80)), row(90, id_number=bad), row(91, name=""), row(10)])
    batch = _deliver(dataset, tmp_path, data)
    killed = run_process(RUN.format(trap=TRAPS[where], batch=batch))
    assert killed.returncode == -9, killed.stderr[-2000:]
    seen = len(current(dataset))
    assert seen == (60 if where in list(TRAPS)[:5] else 70)
    again = run_process(RUN.format(trap="", batch=batch))
    assert again.returncode == 0, again.stderr[-2000:]
    done = queries.batch_by_id(who=SYSTEM, batch_id=batch)
    assert (done.state, done.attempts, done.difference) == (BatchState.RECONCILED, 2, 0)
    assert done.interrupted_at is not None
    assert (done.source_rows, done.loaded, done.quarantined, done.duplicates) == (73, 70, 2, 1)
    assert (done.added, done.changed, done.removed) == (20, 0, 10)
    assert [one[0] for one in current(dataset, "reg_no")] == [f"JY{n:08d}" for n in range(10, 80)]
    assert len(current(dataset, "*", ".quarantine")) == 2
    assert len(current(dataset, "*", ".changes")) == 30
    assert models.QuarantinedRow.objects.filter(batch=batch).count() == 2
    assert not store.folder_of(batch).exists()
    assert [result for result in audit.verify(who=SYSTEM, witness=None) if result.check == "lake" and not result.ok] == []


def test_a_full_disk_leaves_the_rows_readers_see_alone(tmp_path: Path) -> None:
    dataset = make_dataset()
    actions.run_batch(who=SYSTEM, batch_id=_deliver(dataset, tmp_path, csv_bytes(row(n) for n in range(60))))
    batch = _deliver(dataset, tmp_path, csv_bytes(row(n) for n in range(20_000)))
    narrow = f"import resource, signal\nsignal.signal(signal.SIGXFSZ, signal.SIG_IGN)\nresource.setrlimit(resource.RLIMIT_FSIZE, (400_000, {resource.RLIM_INFINITY}))"
    full = run_process(RUN.format(trap=narrow, batch=batch))
    assert full.returncode == 1, full.stdout
    assert len(current(dataset)) == 60
    assert queries.batch_by_id(who=SYSTEM, batch_id=batch).state not in (BatchState.LOADED, BatchState.RECONCILED)
    done = actions.run_batch(who=SYSTEM, batch_id=batch)
    assert (done.state, done.loaded) == (BatchState.RECONCILED, 20_000)


def test_batches_of_one_dataset_keep_their_order(tmp_path: Path) -> None:
    dataset = make_dataset()
    first = _deliver(dataset, tmp_path, csv_bytes([row(1)]))
    second = _deliver(dataset, tmp_path, csv_bytes([row(1)]))
    with pytest.raises(Conflict, match="earlier"):
        actions.run_batch(who=SYSTEM, batch_id=second)
    actions.run_batch(who=SYSTEM, batch_id=first)
    assert actions.run_batch(who=SYSTEM, batch_id=second).same_as == first
