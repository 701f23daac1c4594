"""The steward's pages: datasets and batches, one batch, why rows were held back."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from hunhe.hub.collect import actions, queries, showing
from hunhe.hub.collect.shapes import Batch, Dataset
from hunhe.kernel.org import queries as org
from hunhe.stone.who import Who
from hunhe.ui.callers import caller


@require_GET
def batches(request: HttpRequest) -> HttpResponse:
    """Each dataset with its newest batch, and all batches, newest first."""
    who = caller(request)
    dataset = request.GET.get("dataset") or None
    page = queries.list_batches(who=who, dataset=dataset, cursor=request.GET.get("cursor"))
    newest = queries.latest_batches(who=who)
    names = {contract.id: contract.name for contract, _ in newest}
    departments = _departments(who)
    context = {
        "page": page,
        "rows": [(batch, showing.kind_of(batch), names.get(batch.dataset, batch.dataset)) for batch in page.items],
        "datasets": [
            (
                contract,
                batch,
                showing.kind_of(batch) if batch else "idle",
                departments.get(contract.department, contract.department),
            )
            for contract, batch in newest
        ],
        "dataset": dataset,
        "may_collect": who.holds("collect.may_collect"),
    }
    return render(request, "collect/batches.html", context)


@require_GET
def batch(request: HttpRequest, batch_id: str) -> HttpResponse:
    """One batch: its river, why rows were held back, one of those rows, the books."""
    who = caller(request)
    found = queries.batch_by_id(who=who, batch_id=batch_id)
    contract = queries.dataset_by_id(who=who, dataset=found.dataset)
    past = queries.neighbours(who=who, batch_id=batch_id)
    reasons = showing.reasons(contract, queries.quarantine_summary(who=who, batch_id=batch_id))
    context = {
        "batch": found,
        "kind": showing.kind_of(found),
        "dataset": contract,
        "stops": showing.stops(found),
        "side": showing.side(found, "#why"),
        "reasons": reasons,
        "most": max((reason.count.rows for reason in reasons), default=0),
        "bars": showing.bars(past, batch_id),
        "before": past[-2] if len(past) > 1 else None,
        "department": _departments(who).get(contract.department, contract.department),
        "limit": f"{contract.threshold:.0%}",
        "may_correct": who.holds("collect.may_open_corrections"),
    }
    return render(request, "collect/batch.html", context | _row(request, who, found, contract, reasons))


@require_POST
def correct(request: HttpRequest, batch_id: str) -> HttpResponse:
    """Open a correction ticket for one line or for all rows of a rule."""
    who = caller(request)
    found = queries.batch_by_id(who=who, batch_id=batch_id)
    rule, field, line = (request.POST.get(name, "") for name in ("rule", "field", "line"))
    lines = (int(line),) if line.isascii() and line.isdigit() else ()
    case = actions.open_correction(who=who, dataset=found.dataset, rule=rule, lines=lines, batch_id=batch_id, field=field)
    messages.success(request, gettext("Sent back to the source as %(number)s.") % {"number": case.number})
    return redirect(f"{reverse('collect:batch', args=[batch_id])}?rule={rule}&field={field}")


@require_POST
def collect(request: HttpRequest, dataset: str) -> HttpResponse:
    """Fetch a dataset now."""
    made = actions.collect_now(who=caller(request), dataset=dataset)
    messages.success(request, gettext("Fetching. This page shows how far it has come."))
    return redirect("collect:batch", made.id)


def _row(request: HttpRequest, who: Who, found: Batch, contract: Dataset, reasons: list[showing.Reason]) -> dict[str, Any]:
    """The chosen rule and, of its rows, the one looked at."""
    wanted = (request.GET.get("rule"), request.GET.get("field", ""))
    chosen = next((one for one in reasons if (one.count.rule, one.count.field) == wanted), reasons[0] if reasons else None)
    if chosen is None:
        return {"chosen": None}
    cursor = request.GET.get("cursor")
    rows = queries.quarantined_rows(who=who, batch_id=found.id, rule=chosen.count.rule, field=chosen.count.field, cursor=cursor)
    place = min(_number(request.GET.get("row")), max(len(rows.items) - 1, 0))
    row = rows.items[place] if rows.items else None
    titles = {field.name: field.title for field in contract.fields}
    return {
        "chosen": chosen,
        "row": row,
        "values": [(titles.get(name, name), value, name == chosen.count.field) for name, value in row.values] if row else [],
        "place": place,
        "shown": place + 1,
        "row_before": place - 1 if place else None,
        "row_after": place + 1 if place + 1 < len(rows.items) else None,
        "rows_after": rows.next if place + 1 >= len(rows.items) else None,
        "first_page": not cursor,
    }


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 6 else 0


def _departments(who: Who) -> dict[str, str]:
    return {department.code: department.short_name or department.name for department in org.list_departments(who=who)}
