"""When a source's columns are no longer the contract's: told before anything is loaded, loaded once the change is accepted."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from hunhe.hub.collect import jobs, models, progress, receiving, store
from hunhe.hub.collect.contract import read_contract, write_contract
from hunhe.hub.collect.rules import Verdict
from hunhe.hub.collect.shapes import BatchState, Dataset
from hunhe.kernel.audit import actions as audit
from hunhe.kernel.events import actions as events
from hunhe.kernel.notify import actions as notify
from hunhe.stone.errors import Invalid, NotFound, msgid
from hunhe.stone.who import Who

DRIFTED, ACCEPTED, CODE = "collect.contract.drifted", "collect.contract.accepted", "collect.batch.drift"
WHO = Who.system("collect.batch")


def tell(row: models.Batch, dataset: Dataset, verdict: Verdict) -> None:
    """Inside the transaction that holds the batch back: once for each new change, not for each batch that shows it."""
    before = (
        models.Batch.objects.filter(dataset=row.dataset, seq__lt=row.seq)
        .exclude(state=BatchState.FAILED)
        .order_by("-seq")
        .first()
    )
    if before is not None and before.failure == CODE and before.failure_detail == dict(verdict.detail):
        return
    facts = {"dataset": dataset.id, "name": dataset.name, "department": dataset.department, "batch": row.id, **verdict.detail}
    events.publish(who=WHO, name=DRIFTED, aggregate=dataset.id, payload=facts)
    notify.send(
        who=WHO,
        to_department=dataset.department,
        to_permission="collect.may_collect",
        title=msgid("The columns of a source have changed"),
        body=verdict.message,
        params=dict(verdict.detail),
        link=f"/desk/batches/{row.id}/",
        key=f"{DRIFTED}:{row.id}",
    )


def accept(who: Who, dataset: Dataset, data: Mapping[str, Any] | None) -> models.Batch:
    """Put the new contract in force, or the same one over the columns as they are now, and let the rows that wait go on."""
    contract = read_contract({**data, "id": dataset.id, "department": dataset.department}) if data is not None else dataset
    if contract.kind != dataset.kind or contract.connection != dataset.connection:
        raise Invalid("collect.contract.source", msgid("A new contract of the columns cannot change where the rows come from."))
    with transaction.atomic():
        held = models.Batch.objects.select_for_update().filter(dataset=dataset.id).order_by("-seq").first()
        if held is None or held.failure != CODE:
            raise NotFound("collect.contract.no_drift", msgid("No delivery of this dataset waits for its contract."))
        models.Dataset.objects.filter(pk=dataset.id).update(contract=write_contract(contract), name=contract.name)
        known = progress.of(dataset.id)
        known.kinds, known.watermark = {}, ""
        known.save()
        facts = {"dataset": dataset.id, "name": contract.name, "department": dataset.department, "batch": held.id}
        audit.record(
            who=who, act=ACCEPTED, object=f"dataset:{dataset.id}", detail={**facts, "contract": write_contract(contract)}
        )
        events.publish(who=who, name=ACCEPTED, aggregate=dataset.id, payload=facts)
        return _release(contract, held)


def _release(contract: Dataset, held: models.Batch) -> models.Batch:
    """Rows that were sent are checked again; rows that were fetched are fetched again, with the columns as they are now."""
    if not keeps_files(held):
        return receiving.open_batch(contract, key=f"accepted {held.id}")
    held.state, held.finished_at, held.failure, held.failure_message, held.failure_detail = BatchState.LANDED, None, "", "", {}
    held.loaded = held.landed = held.checked = held.quarantined = held.duplicates = None
    held.save()
    jobs.enqueue(held.id, f"accepted {held.attempts}")
    return held


def keeps_files(row: models.Batch) -> bool:
    """Whether the bytes of a held batch can be had nowhere else."""
    return bool(row.delivery) or next(iter(store.folder_of(row.id).glob("received*")), None) is not None
