"""Answering whoever checks a licence. Each answer about a licence is written down, so that its holder sees it."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from django.conf import settings
from django.db import transaction

from hunhe.hub.exchange import actions as exchange
from hunhe.hub.exchange.shapes import NewUse
from hunhe.kernel.audit import actions as audit
from hunhe.kernel.audit.shapes import NewEntry, Receipt
from hunhe.stone import clock, ids
from hunhe.stone.crypto import profile
from hunhe.stone.who import Who
from hunhe.wallet.licence import credential, models
from hunhe.wallet.licence.content import kinds
from hunhe.wallet.licence.reading import department_names, state_of, today
from hunhe.wallet.licence.rules.identifier import ROOT
from hunhe.wallet.licence.rules.kinds import HOLDER_NAME, fields_of, mask, shown_to_strangers
from hunhe.wallet.licence.rules.states import answer_for, copy_state_on
from hunhe.wallet.licence.shapes import Answer, CopyState, LicenceState, Verification, Way

CODE_LENGTH = 26
CHANNEL = "licence"
PURPOSE = "核验证照"
"""What a check is for when nobody says; kept in the city's language, as purposes are."""
_SYSTEM = Who.system("licence")
_IDENTIFIER = re.compile(rb"(?:\.|\\056)".join(part.encode() for part in ROOT.split(".")))  # as a PDF's seal spells its dots


def by_code(who: Who, code: str, case_id: str = "", purpose: str = "") -> Verification:
    """The answer to a code from a QR: of a licence, or of a use copy."""
    plain = code.strip().lower()
    row = copy = None
    if len(plain) == CODE_LENGTH and plain.isascii() and plain.isalnum():
        row = models.Licence.objects.filter(code=plain).first()
        copy = None if row else models.UseCopy.objects.select_related("licence").filter(code=plain).first()
    if copy is not None:
        return tell(who, copy.licence, "code", copy, case_id=case_id, purpose=purpose)
    return tell(who, row, "code", None, case_id=case_id, purpose=purpose) if row else stranger(who, "code", Answer.UNKNOWN)


def tell(
    who: Who,
    row: models.Licence,
    way: Way,
    copy: models.UseCopy | None = None,
    *,
    claims: Mapping[str, str] | None = None,
    case_id: str = "",
    purpose: str = "",
) -> Verification:
    """What is true of a licence right now, and a line that it was told."""
    now, day = clock.now(), today()
    kind, said = kinds().get(row.type), claims or {}
    state = state_of(row, day)
    copied = copy_state_on(copy.revoked_at is not None, copy.valid_until, day) if copy else None
    told = Verification(
        answer=answer_for(state, copied),
        at=now,
        way=way,
        type_name=row.type_name,
        identifier=row.identifier,
        issuer=row.issuer,
        issuer_name=department_names().get(row.issuer, row.issuer),
        holder=mask("name", row.values.get(HOLDER_NAME, "")),
        fields=tuple(one for one in shown_to_strangers(kind, row.values) if one.name not in said),
        claims=said,
        disclosed=tuple(one for one in fields_of(kind, said) if one.name in said),
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        since=_since(row, copy, state, copied),
        purpose=copy.purpose if copy else "",
        recipient=copy.recipient if copy else "",
        copy_until=copy.valid_until if copy else None,
    )
    with transaction.atomic():
        return replace(told, entry_id=_written(who, row, copy, told, case_id, purpose))


def stranger(who: Who, way: Way, answer: Answer) -> Verification:
    """The answer to what is no licence of this city: nothing about anybody."""
    with transaction.atomic():
        entry = audit.record(
            who=who, act="licence.verification.failed", object=f"licence.{way}", detail={"answer": answer.value}
        )
    return Verification(answer=answer, at=clock.now(), way=way, entry_id=entry)


def _since(row: models.Licence, copy: models.UseCopy | None, state: LicenceState, copied: CopyState | None) -> datetime | None:
    if state == LicenceState.VALID and copied == CopyState.REVOKED and copy is not None:
        return copy.revoked_at
    return row.changed_at if state.value == row.state else None


def _written(
    who: Who,
    row: models.Licence,
    copy: models.UseCopy | None,
    told: Verification,
    case_id: str,
    purpose: str,
) -> str:
    """The check in the log, sealed at once, among the licence's checks, and among the uses that its holder sees."""
    detail = {
        "way": told.way,
        "answer": told.answer.value,
        "copy": copy.id if copy else "",
        "case": case_id,
        "purpose": purpose,
    }
    entry = NewEntry(who=who, act="licence.licence.verified", object=row.id, subject_id=row.holder, detail=detail)
    receipt = audit.record_and_seal(who=_SYSTEM, entries=[entry])[0]
    models.Verification.objects.create(
        id=ids.new("check"),
        licence=row,
        copy_id=copy.id if copy else "",
        way=told.way,
        answer=told.answer.value,
        department=who.department or "",
        case_id=case_id,
        purpose=purpose,
        entry_id=receipt.entry_id,
        at=told.at,
    )
    exchange.record_uses(who=_SYSTEM, uses=[_use(who, row, told, purpose, receipt)])
    return receipt.entry_id


def _use(who: Who, row: models.Licence, told: Verification, purpose: str, receipt: Receipt) -> NewUse:
    return NewUse(
        channel=CHANNEL,
        at=told.at,
        subject_id=row.holder,
        client=who.id,
        department=who.department or "",
        resource=f"licence:{row.type}",
        title=row.type_name,
        place="",
        purpose=purpose or told.purpose or PURPOSE,
        outcome="given",
        given=tuple(one.title for one in (*told.fields, *told.disclosed) if one in told.disclosed or not one.sensitive),
        masked=tuple(one.title for one in told.fields if one.sensitive),
        entry_id=receipt.entry_id,
        leaf_hash=receipt.leaf_hash,
    )


def by_document(who: Who, content: bytes, case_id: str = "", purpose: str = "") -> Verification:
    """The answer to a paper as a file. Byte for byte the one sealed here, or none: nothing of it is opened or believed."""
    digest = profile(settings.HUNHE_CRYPTO).digest(content).hex()
    row = models.Licence.objects.filter(digest=digest).first()
    copy = None if row else models.UseCopy.objects.select_related("licence").filter(digest=digest).first()
    if copy is not None:
        return tell(who, copy.licence, "document", copy, case_id=case_id, purpose=purpose)
    if row is not None:
        return tell(who, row, "document", case_id=case_id, purpose=purpose)
    claims_to_be_one = content.startswith(b"%PDF-") and _IDENTIFIER.search(content)
    return stranger(who, "document", Answer.FORGED if claims_to_be_one else Answer.UNKNOWN)


def by_credential(who: Who, text: str, case_id: str = "", purpose: str = "") -> Verification:
    """The answer to a credential, with the claims its holder chose to show. forged: this city did not sign it."""
    shown = credential.read(text)
    row = models.Licence.objects.filter(place=shown.place).first() if shown else None
    if shown is None or row is None:
        return stranger(who, "credential", Answer.FORGED)
    return tell(who, row, "credential", claims=shown.claims, case_id=case_id, purpose=purpose)
