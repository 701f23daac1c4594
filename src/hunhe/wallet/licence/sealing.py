"""From a licence row to its sealed paper: credential, PDF/A, PAdES signature, kept for its holder. Runs in a job of its own."""

import io
from dataclasses import replace
from datetime import date
from typing import Any

from django.conf import settings
from django.db import transaction

from hunhe.kernel.audit import actions as audit
from hunhe.kernel.events import actions as events
from hunhe.kernel.events.shapes import Job
from hunhe.kernel.files import actions as files
from hunhe.kernel.files.shapes import StoredFile
from hunhe.stone.who import Who
from hunhe.wallet.licence import credential, document, models, signature
from hunhe.wallet.licence.addresses import verify_link
from hunhe.wallet.licence.content import kinds
from hunhe.wallet.licence.reading import department_names, no_such_kind
from hunhe.wallet.licence.rules.kinds import HOLDER_NAME, Kind

_SYSTEM = Who.system("licence")


def seal_licence(job: Job) -> None:
    """Make what is wanting of a licence's paper and keep it; run again after a crash, it begins anew and keeps one."""
    row = models.Licence.objects.get(id=str(job.payload["licence"]))
    if row.file_id:
        events.finish_job(who=_SYSTEM, job=job)
        return
    kind = _kind(row)
    held = row.credential or credential.write(row, kind)
    sealed = _sealed(row, kind, held, row.code, None)
    with transaction.atomic():
        row = models.Licence.objects.select_for_update().get(id=row.id)
        if not row.file_id:
            kept = _keep(row.holder, f"{row.type_name}.pdf", sealed)
            row.credential, row.file_id, row.digest = held, kept.id, kept.digest
            row.save(update_fields=["credential", "file_id", "digest"])
            detail = {"file": kept.id, "digest": kept.digest}
            audit.record(who=_SYSTEM, act="licence.licence.sealed", object=row.id, subject_id=row.holder, detail=detail)
        events.finish_job(who=_SYSTEM, job=job)


def seal_copy(job: Job) -> None:
    """The same for a use copy: purpose, recipient and last day are on it, and its own code."""
    copy = models.UseCopy.objects.select_related("licence").get(id=str(job.payload["copy"]))
    row = copy.licence
    kind = _kind(row)
    sealed = _sealed(row, kind, row.credential or credential.write(row, kind), copy.code, copy)
    with transaction.atomic():
        copy = models.UseCopy.objects.select_for_update(of=("self",)).get(id=copy.id)
        if not copy.file_id:
            kept = _keep(row.holder, f"{row.type_name}-{copy.purpose}.pdf", sealed)
            copy.file_id, copy.digest = kept.id, kept.digest
            copy.save(update_fields=["file_id", "digest"])
        events.finish_job(who=_SYSTEM, job=job)


def _kind(row: models.Licence) -> Kind:
    kind = kinds().get(row.type)
    if kind is None:
        raise no_such_kind(row.type)
    return kind


def _sealed(row: models.Licence, kind: Kind, held: str, code: str, copy: models.UseCopy | None) -> bytes:
    paper = document.set_paper(kind.template, _words(row, kind, copy), verify_link(code), held)
    return signature.sign(paper, row.type_name, row.identifier)


def _keep(holder: str, name: str, content: bytes) -> StoredFile:
    """Kept as the holder's own: nobody else may open it."""
    return files.store(who=replace(_SYSTEM, subject_id=holder), name=name, stream=io.BytesIO(content), purpose="licence")


def _words(row: models.Licence, kind: Kind, copy: models.UseCopy | None) -> dict[str, Any]:
    """What the paper says. Papers are in Chinese, whoever looks at them."""
    issuer = department_names().get(row.issuer, row.issuer)
    day = row.issued_at.date()
    return {
        "title": row.type_name,
        "issuer": issuer,
        "day": [day.year, day.month, day.day],
        "sample": "示例" if settings.HUNHE_DEMO else "",
        "fields": [
            {"title": spec.title, "value": row.values[spec.name], "strong": spec.name == HOLDER_NAME}
            for spec in kind.fields
            if "face" in spec.surfaces and spec.name in row.values
        ],
        "scan": "扫码核验真伪",
        "number_title": "证照标识",
        "identifier": row.identifier,
        "note": kind.note,
        "dates": _dates(row.valid_from, row.valid_until),
        "credential": "机器可读凭证",
        "copy": _copy_words(copy),
    }


def _copy_words(copy: models.UseCopy | None) -> dict[str, str] | None:
    if copy is None:
        return None
    until = _day(copy.valid_until)
    return {
        "mark": f"仅供{copy.recipient}用于{copy.purpose}",
        "words": f"用证副本：仅供“{copy.recipient}”用于“{copy.purpose}”，{until}前有效，持证人可随时收回，复印、另用无效。",
    }


def _dates(start: date, end: date | None) -> str:
    return f"{_day(start)}起，{'长期有效' if end is None else f'至{_day(end)}有效'}"


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
