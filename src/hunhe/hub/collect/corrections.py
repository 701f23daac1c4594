"""Correction tickets: bad rows go back to where they come from, as cases of the procedure `correction`."""

from django.db import transaction
from django.urls import reverse

from hunhe.hub.collect import models, store
from hunhe.kernel.audit import actions as audit
from hunhe.kernel.flow import actions as flow
from hunhe.kernel.flow.shapes import Case
from hunhe.stone.who import Who

PROCEDURE = "correction"
BUREAU = "data_bureau"
MOST_LINES = 200


def beginning(procedure: str, skin: str) -> str:
    """A ticket is opened at the batch whose rows it sends back."""
    return reverse("collect:batches") if skin == "desk" and procedure == PROCEDURE else ""


def open_ticket(who: Who, dataset_id: str, rule: str, lines: tuple[int, ...], batch: str, field: str) -> Case:
    """One ticket per batch, rule, field and lines; asked for again, the same ticket. Without lines: all rows of the rule."""
    dataset = store.dataset(dataset_id)
    found = models.Quarantine.objects.filter(batch=batch, rule=rule, field=field).first() if batch else None
    facts: dict[str, object] = {"dataset": dataset.name, "source_department": dataset.department, "rule": rule}
    listed = lines or tuple(_lines(batch, rule, field))
    facts |= {
        name: value for name, value in (("lines", list(listed[:MOST_LINES])), ("batch", batch), ("field", field)) if value
    }
    place = ",".join(str(line) for line in lines) or "all"
    with transaction.atomic():
        case = flow.open_case(
            who=who,
            procedure=PROCEDURE,
            department=BUREAU if who.is_system else who.department,
            facts=facts,
            origin="statutory" if who.is_system else "office",
            title=f"{dataset.name} {rule}",
            key=f"{dataset_id}:{batch}:{rule}:{field}:{place}"[:200],
        )
        if found is not None and not lines and found.correction is None:
            found.correction = case.id
            found.save(update_fields=["correction"])
        audit.record(
            who=who,
            act="collect.correction.opened",
            object=f"case:{case.id}",
            detail={"dataset": dataset_id, "batch": batch, "rule": rule, "field": field},
        )
    return case


def _lines(batch: str, rule: str, field: str) -> list[int]:
    rows = models.QuarantinedRow.objects.filter(batch=batch, rule=rule, field=field).order_by("line")
    return list(rows.values_list("line", flat=True)[:MOST_LINES])
