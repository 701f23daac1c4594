"""Looking at licences, and checking them."""

from django.db import transaction
from django.db.models import Q

from hunhe.hub.bases import queries as bases
from hunhe.kernel.audit import actions as audit
from hunhe.stone.door import Gate, Scope, door
from hunhe.stone.page import Page, decode_cursor
from hunhe.stone.who import Who
from hunhe.wallet.licence import credential, keys, models, status, verifying
from hunhe.wallet.licence.addresses import origin
from hunhe.wallet.licence.content import kinds
from hunhe.wallet.licence.counting import count_by_state, in_state
from hunhe.wallet.licence.reading import (
    change_shape,
    copy_shape,
    department_names,
    licence_shape,
    licence_shapes,
    no_such_kind,
    no_such_licence,
    today,
    type_shape,
)
from hunhe.wallet.licence.shapes import (
    Answer,
    IssuerKeys,
    Licence,
    LicenceChange,
    LicenceCounts,
    LicenceState,
    LicenceType,
    LicenceUse,
    UseCopy,
    Verification,
)
from hunhe.wallet.licence.sight import SEE, may_see

PAGE = 20
LONGEST_HISTORY = 200
_SYSTEM = Who.system("licence")


@door(may=Gate.PUBLIC, scope=Scope.PUBLIC)
def list_types(*, who: Who) -> tuple[LicenceType, ...]:
    """The kinds of licences that the city issues, by id; a city has some dozens."""
    return tuple(type_shape(kind) for _, kind in sorted(kinds().items()))


@door(may=Gate.PUBLIC, scope=Scope.PUBLIC)
def type_by_id(*, who: Who, type: str) -> LicenceType:
    """One kind of licence. NotFound."""
    kind = kinds().get(type)
    if kind is None:
        raise no_such_kind(type)
    return type_shape(kind)


@door(may=Gate.SIGNED_IN, scope=Scope.OWN)
def licences_of(*, who: Who, subject_id: str, cursor: str | None = None) -> Page[Licence]:
    """A person's licences, newest first; versions that were replaced are left out."""
    holder = bases.resolve_alias(who=_SYSTEM, subject_id=subject_id)
    rows = models.Licence.objects.filter(holder__in={holder, subject_id}).exclude(state=LicenceState.CHANGED).order_by("-id")
    if cursor:
        rows = rows.filter(id__lt=decode_cursor(cursor, 1)[0])
    return Page.of(licence_shapes(rows[: PAGE + 1]), PAGE, key=lambda licence: (licence.id,))


@door(may=Gate.SIGNED_IN, scope=Scope.OWN)
def valid_licence(*, who: Who, subject_id: str, type: str, case_id: str = "") -> Licence | None:
    """A person's licence of this kind that holds today, the newest. With a case the look is kept as a use of that case."""
    holder = bases.resolve_alias(who=_SYSTEM, subject_id=subject_id)
    day = today()
    rows = models.Licence.objects.filter(
        Q(valid_until=None) | Q(valid_until__gte=day),
        holder__in={holder, subject_id},
        type=type,
        valid_from__lte=day,
        state__in=(LicenceState.VALID, LicenceState.ISSUED),
    )
    row = rows.order_by("-id").first()
    if row is None:
        return None
    if case_id:
        verifying.tell(who, row, "case", case_id=case_id)
    return licence_shape(row)


@door(may=Gate.SIGNED_IN, scope=Scope.CITY)
def licence_by_id(*, who: Who, licence_id: str) -> Licence:
    """A licence for its holder and its issuer; a look by the issuer is recorded. NotFound."""
    return licence_shape(_visible(who, licence_id, "licence.licence.seen"))


@door(may=Gate.SIGNED_IN, scope=Scope.CITY)
def licence_of_case(*, who: Who, case_id: str) -> Licence | None:
    """The newest version of the licence that a case brought, for whoever may see it."""
    row = models.Licence.objects.filter(case_id=case_id).order_by("-version").first() if case_id else None
    return licence_shape(row) if row is not None and may_see(who, row) else None


@door(may=SEE, scope=Scope.DEPARTMENT)
def list_licences(*, who: Who, department: str, state: LicenceState | None = None, cursor: str | None = None) -> Page[Licence]:
    """Licences that a department issued, newest first. The reading is recorded."""
    rows = models.Licence.objects.filter(issuer=department).order_by("-id")
    if state is not None:
        rows = rows.filter(in_state(state))
    if cursor:
        rows = rows.filter(id__lt=decode_cursor(cursor, 1)[0])
    with transaction.atomic():
        audit.record(who=who, act="licence.list.read", object=department, detail={"state": state.value if state else ""})
    return Page.of(licence_shapes(rows[: PAGE + 1]), PAGE, key=lambda licence: (licence.id,))


@door(may=SEE, scope=Scope.DEPARTMENT)
def counts(*, who: Who, department: str) -> LicenceCounts:
    """A department's licences by state, as they stand today."""
    return count_by_state(department)


@door(may=Gate.SIGNED_IN, scope=Scope.CITY)
def history(*, who: Who, licence_id: str) -> tuple[LicenceChange, ...]:
    """Every change of a licence's state, oldest first."""
    row = _visible(who, licence_id)
    return tuple(change_shape(line) for line in models.Change.objects.filter(licence=row).order_by("seq")[:LONGEST_HISTORY])


@door(may=Gate.SIGNED_IN, scope=Scope.CITY)
def uses_of_licence(*, who: Who, licence_id: str, cursor: str | None = None) -> Page[LicenceUse]:
    """Every check of a licence, newest first."""
    row = _visible(who, licence_id)
    rows = models.Verification.objects.filter(licence=row).order_by("-id")
    if cursor:
        rows = rows.filter(id__lt=decode_cursor(cursor, 1)[0])
    names = department_names()
    page = Page.of(list(rows[: PAGE + 1]), PAGE, key=lambda line: (line.id,))
    return page.map(
        lambda line: LicenceUse(
            line.at,
            line.way,  # type: ignore[arg-type]  # the column holds only ways
            Answer(line.answer),
            line.department,
            names.get(line.department, ""),
            line.case_id,
            line.purpose,
            line.entry_id,
        )
    )


@door(may=Gate.CITIZEN, scope=Scope.PUBLIC)
def copies_of(*, who: Who, licence_id: str) -> tuple[UseCopy, ...]:
    """The use copies of the caller's own licence, newest first, at most 50."""
    row = models.Licence.objects.filter(id=licence_id).first()
    if row is None or not (who.is_system or row.holder == who.subject_id):
        raise no_such_licence()
    return tuple(copy_shape(copy) for copy in models.UseCopy.objects.filter(licence=row).order_by("-id")[:50])


@door(may=Gate.PUBLIC, scope=Scope.PUBLIC)
def verify(*, who: Who, code: str, case_id: str = "", purpose: str = "") -> Verification:
    """The answer to a code from a QR. Never refuses: what is no licence is `unknown`. Each answer is kept for the holder to see.

    case_id, purpose: what the check is for; a case that relied on a licence is told when it is revoked.
    """
    return verifying.by_code(who, code, case_id, purpose)


@door(may=Gate.PUBLIC, scope=Scope.PUBLIC)
def verify_document(*, who: Who, content: bytes, case_id: str = "", purpose: str = "") -> Verification:
    """The answer to a paper sent as a file: `forged` when a byte differs from what was sealed."""
    return verifying.by_document(who, content, case_id, purpose)


@door(may=Gate.PUBLIC, scope=Scope.PUBLIC)
def verify_credential(*, who: Who, text: str, case_id: str = "", purpose: str = "") -> Verification:
    """The answer to a credential, with the claims its holder chose to show."""
    return verifying.by_credential(who, text, case_id, purpose)


@door(may=Gate.PUBLIC, scope=Scope.PUBLIC)
def issuer_keys(*, who: Who) -> IssuerKeys:
    """What anybody needs to check credentials and papers of this city without asking it."""
    return IssuerKeys(origin(), (keys.credential_public_key().as_jwk(),), keys.authority_certificate())


@door(may=Gate.PUBLIC, scope=Scope.PUBLIC)
def status_list(*, who: Who, part: int) -> str:
    """One part of the signed status list. NotFound."""
    return status.token(part)


@door(may=Gate.CITIZEN, scope=Scope.PUBLIC)
def credential_of(*, who: Who, licence_id: str, names: tuple[str, ...]) -> str:
    """The credential of the caller's own licence with only these fields shown; empty while it is still being made."""
    row = models.Licence.objects.filter(id=licence_id).first()
    if row is None or not (who.is_system or row.holder == who.subject_id):
        raise no_such_licence()
    with transaction.atomic():
        detail = {"fields": list(names)}
        audit.record(who=who, act="licence.credential.taken", object=row.id, subject_id=row.holder, detail=detail)
    known = tuple(name for name in names if name in row.values or name == "identifier")
    return credential.show(row.credential, known) if row.credential else ""


def _visible(who: Who, licence_id: str, act: str = "") -> models.Licence:
    row = models.Licence.objects.filter(id=licence_id).first()
    if row is None or not may_see(who, row):
        raise no_such_licence()
    if act and not who.is_system and who.subject_id != row.holder:
        with transaction.atomic():
            audit.record(who=who, act=act, object=row.id, subject_id=row.holder)
    return row
