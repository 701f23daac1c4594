"""Following one call back to where its values came from."""

from collections.abc import Mapping
from typing import Any

from hunhe.hub.bases import queries as bases
from hunhe.hub.collect import queries as collect
from hunhe.hub.exchange import models
from hunhe.hub.exchange.services import find_service
from hunhe.hub.exchange.shapes import ColumnChoice, Receipt, Service, SourceRow, Trace, TracedField
from hunhe.hub.exchange.telling import call_shape, titles
from hunhe.hub.lake import queries as lake
from hunhe.kernel.audit import queries as audit
from hunhe.stone.errors import HunheError, NotFound
from hunhe.stone.who import Who

_SYSTEM = Who.system("exchange")


def trace_call(row: models.Call) -> Trace:
    """Receipt, call, and for each column the source row that won, with its batch. What cannot be followed is a gap, named."""
    receipt = audit.receipt(who=_SYSTEM, entry_id=row.entry_id)
    service = find_service(row.service)
    gaps: list[str] = []
    fields: tuple[TracedField, ...] = ()
    if service is None:
        gaps.append("service_gone")
    elif row.outcome == "given" and row.subject_id is not None:
        fields, gaps = _fields(row, service)
    elif row.outcome == "given":
        gaps.append("no_subject")
    return Trace(
        receipt=Receipt(receipt.entry_id, receipt.leaf_hash, receipt.index, receipt.checkpoint),
        call=call_shape(row),
        base=service.subject_base if service is not None else None,
        fields=fields,
        gaps=tuple(gaps),
    )


def _fields(row: models.Call, service: Service) -> tuple[tuple[TracedField, ...], list[str]]:
    return (), []
