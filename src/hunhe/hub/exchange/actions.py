"""Applying for, deciding, stopping grants; vouching for cases."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.db import transaction

from hunhe.hub.bases import queries as bases
from hunhe.hub.exchange import models, recording, subscribing
from hunhe.hub.exchange.content import limits
from hunhe.hub.exchange.granting import change_state, city_zone, grant_shape, no_such_grant, today
from hunhe.hub.exchange.rules.applications import check_application, from_facts, to_facts
from hunhe.hub.exchange.rules.assertions import check_expiry, check_words, signed_text
from hunhe.hub.exchange.rules.quota import day_of
from hunhe.hub.exchange.services import find_service
from hunhe.hub.exchange.shapes import Application, Assertion, Grant, NewSubscription, NewUse, Signer, Subscription
from hunhe.hub.exchange.signing import fingerprint_of, is_signed, read_public_key
from hunhe.kernel.audit import actions as audit
from hunhe.kernel.events import actions as events
from hunhe.kernel.flow import actions as flow
from hunhe.kernel.flow import queries as flow_queries
from hunhe.kernel.flow.shapes import Case
from hunhe.stone import clock, ids
from hunhe.stone.door import CROSS_DEPARTMENTS, Gate, Scope, door
from hunhe.stone.errors import Conflict, Denied, Invalid, NotFound, msgid
from hunhe.stone.who import Who

PROCEDURE = "grant_request"


@door(may="exchange.may_apply", scope=Scope.CITY)
def apply_for_grant(
    *,
    who: Who,
    resource: str,
    service: str,
    columns: tuple[str, ...],
    purpose: str,
    basis: str,
    procedure: str = "",
    quota_per_day: int,
    expires_on: date,
    key: str,
    hold_basis: str = "",
    hold_until: date | None = None,
) -> Case:
    """Open the case of a grant request for the caller's department. Invalid says what cannot be asked for.

    procedure: of the cases that will call, empty when no case is demanded. hold_until: uses stay untold until this day.
    """
    found = find_service(service)
    if found is None or found.resource != resource:
        raise NotFound("exchange.service.unknown", msgid("There is no such service, or its resource is not published."))
    if who.department is None:
        raise Denied("exchange.application.department", msgid("Only departments can apply."))
    if who.department == found.department:
        raise Invalid("exchange.application.own", msgid("This data is your own department's; no grant is needed."))
    procedures = (procedure,) if procedure else ()
    asked = Application(
        service, tuple(dict.fromkeys(columns)), purpose, basis, procedures, quota_per_day, expires_on, hold_basis, hold_until
    )
    check_application(found, asked, today(), limits())  # before the case engine misses an empty line, in its own words
    return flow.open_case(
        who=who,
        procedure=PROCEDURE,
        department=who.department,
        facts=to_facts(found, asked),
        subject_id=None,
        origin="office",
        title=found.title,
        key=key,
    )


@door(may="exchange.may_apply", scope=Scope.CITY)
def correct_application(*, who: Who, case_id: str, expected_version: int, asked: Application) -> Case:
    """Send a request in again that was sent back, as it now stands; its service stays. Flow checks whose turn it is."""
    found = find_service(_asked(who, case_id).service)
    if found is None:
        raise NotFound("exchange.service.unknown", msgid("There is no such service, or its resource is not published."))
    check_application(found, asked, today(), limits())
    fixed = ("service", "resource", "provider_department")
    facts = {name: value for name, value in to_facts(found, asked).items() if name not in fixed}
    return flow.move_case(who=who, case_id=case_id, move="resubmit", expected_version=expected_version, facts=facts)


@door(may="exchange.may_decide_grants", scope=Scope.CITY)
def decide_grant(
    *,
    who: Who,
    case_id: str,
    expected_version: int,
    columns: Mapping[str, str],
    quota_per_day: int,
    expires_on: date,
    row_filter: str = "",
    note: str = "",
) -> Case:
    """The provider's yes: a choice per column, quota and last day, none beyond what was asked. Flow checks whose turn it is.

    row_filter: which rows, such as `district = "210102" and age >= 60`; empty for all.
    """
    asked = _asked(who, case_id)
    decided = dict.fromkeys(asked.columns, "withhold") | dict(columns)
    facts: dict[str, object] = {"decision": decided, "granted_quota": quota_per_day, "granted_until": expires_on.isoformat()}
    if row_filter.strip():
        facts["row_filter"] = row_filter.strip()
    return flow.move_case(who=who, case_id=case_id, move="grant", expected_version=expected_version, facts=facts, note=note)


@door(may=Gate.SIGNED_IN, scope=Scope.PUBLIC)
def suspend_grant(*, who: Who, grant_id: str, reason: str) -> Grant:
    """Stop a grant for now: the provider, or a security officer. The next call is already refused."""
    return _change(who, grant_id, "suspend", reason)


@door(may="exchange.may_decide_grants", scope=Scope.CITY)
def resume_grant(*, who: Who, grant_id: str, reason: str) -> Grant:
    """Let a suspended grant run again: its provider only."""
    return _change(who, grant_id, "resume", reason)


@door(may="exchange.may_decide_grants", scope=Scope.CITY)
def revoke_grant(*, who: Who, grant_id: str, reason: str) -> Grant:
    """End a grant for good: its provider only. The next call is already refused."""
    return _change(who, grant_id, "revoke", reason)


@door(may="exchange.may_apply", scope=Scope.DEPARTMENT)
def register_signer(*, who: Who, department: str, name: str, public_key: str) -> Signer:
    """Make a public key (base64) of the department's own system known, so that it can vouch for its cases."""
    fingerprint = fingerprint_of(read_public_key(public_key))
    if not 0 < len(name.strip()) <= 80:
        raise Invalid("exchange.signer.name", msgid("Give the system a name of up to 80 characters."))
    with transaction.atomic():
        row, created = models.Signer.objects.get_or_create(
            fingerprint=fingerprint,
            defaults={
                "id": ids.new("signer"),
                "department": department,
                "name": name.strip(),
                "public_key": public_key,
                "added_at": clock.now(),
            },
        )
        if row.department != department:
            raise Conflict("exchange.signer.taken", msgid("This key is already in use."))
        if created:
            audit.record(who=who, act="exchange.signer.add", object=row.id, detail={"fingerprint": fingerprint})
    return Signer(row.id, row.department, row.name, row.fingerprint, row.added_at)


@door(may=Gate.SIGNED_IN, scope=Scope.DEPARTMENT)
def assert_case(
    *,
    who: Who,
    department: str,
    case: str,
    subject: str,
    procedure: str,
    officer: str,
    expires: str,
    signature: str,
    base: str = "population",
) -> Assertion:
    """Vouch for a case of a department's own system. The signature is over the lines of `rules.assertions.signed_text`.

    subject: subject id, or id number or credit code in `base`. expires: ISO 8601 with zone. signature: base64.
    """
    if who.kind != "client" and not who.is_system:
        raise Denied("exchange.assertion.client", msgid("Only a department's own system can vouch for its cases."))
    check_words(case=case, subject=subject, procedure=procedure, officer=officer, expires=expires)
    expires_at, now = _moment(expires), clock.now()
    check_expiry(expires_at, now, limits())
    text = signed_text(department, case, subject, procedure, officer, expires)
    signer = _signer_of(department, text, signature)
    subject_id = _subject(base, subject)
    vouched = {
        "subject_id": subject_id,
        "procedure": procedure,
        "officer": officer,
        "signer": signer,
        "signature": signature,
        "asserted_at": now,
        "expires_at": expires_at,
    }
    with transaction.atomic():
        row, _ = models.Assertion.objects.update_or_create(
            department=department, case=case, defaults=vouched, create_defaults={"id": ids.new("assertion"), **vouched}
        )
        detail = {"case": case, "procedure": procedure, "officer": officer, "signature": signature, "expires": expires}
        audit.record(who=who, act="exchange.case.assert", object=row.id, subject_id=subject_id, detail=detail)
    return Assertion(row.id, department, case, subject_id, procedure, officer, expires_at)


@door(may=Gate.SYSTEM, scope=Scope.SYSTEM)
def record_uses(*, who: Who, uses: Sequence[NewUse]) -> None:
    """Write uses that passed another room's lane into the one table of uses, inside that lane's transaction."""
    recording.record_uses(uses)


@door(may="exchange.may_apply", scope=Scope.CITY)
def subscribe(*, who: Who, grant_id: str, name: str, way: str, address: str) -> NewSubscription:
    """Have the changes that a grant gives sent to a receiver, from now on. Shows the signing secret once."""
    return subscribing.open_subscription(who, grant_id, name, way, address)


@door(may="exchange.may_apply", scope=Scope.CITY)
def pause_subscription(*, who: Who, subscription_id: str) -> Subscription:
    """Send nothing until it is resumed; what comes meanwhile waits."""
    return subscribing.pause(who, subscription_id)


@door(may="exchange.may_apply", scope=Scope.CITY)
def resume_subscription(*, who: Who, subscription_id: str) -> Subscription:
    """Send again; after failures, at once and with all tries."""
    return subscribing.resume(who, subscription_id)


@door(may="exchange.may_apply", scope=Scope.CITY)
def replay_subscription(*, who: Who, subscription_id: str, after: int) -> Subscription:
    """Send everything after change number `after` once more; each change keeps its name."""
    return subscribing.replay(who, subscription_id, after)


@door(may="exchange.may_apply", scope=Scope.CITY)
def set_changes_aside(*, who: Who, subscription_id: str) -> Subscription:
    """Put the changes that the receiver would not take aside, and go on with the next. Conflict when nothing is held up."""
    return subscribing.set_aside(who, subscription_id)


@door(may="exchange.may_apply", scope=Scope.CITY)
def say_count(*, who: Who, subscription_id: str, day: date, count: int) -> None:
    """Say how many rows the receiver took on a day, for the day's reconciliation."""
    subscribing.say_count(who, subscription_id, day, count)


def _asked(who: Who, case_id: str) -> Application:
    case = flow_queries.case_by_id(who=who, case_id=case_id)
    if case.procedure != PROCEDURE:
        raise NotFound("exchange.application.unknown", msgid("This case is no grant request."))
    return from_facts(case.facts)


def _change(who: Who, grant_id: str, verb: str, reason: str) -> Grant:
    if not 0 < len(reason.strip()) <= 500:
        raise Invalid("exchange.grant.reason", msgid("Say why, in up to 500 characters."))
    with transaction.atomic():
        row = models.Grant.objects.select_for_update().filter(id=grant_id).first()
        if row is None:
            raise no_such_grant()
        _refuse_strangers(who, row, verb)
        if row.state == "revoked":
            raise Conflict("exchange.grant.revoked", msgid("This grant was revoked. A new one must be applied for."))
        state = {"suspend": "suspended", "resume": "active", "revoke": "revoked"}[verb]
        row = change_state(grant_id, state, reason.strip())  # type: ignore[arg-type]  # one of the three states
        audit.record(who=who, act=f"exchange.grant.{verb}", object=grant_id, detail={"reason": reason.strip()})
        if verb == "resume":
            subscribing.wake_grant(grant_id)
        payload = {"grant": grant_id, "reason": reason.strip()}
        events.publish(who=who, name=f"exchange.grant.{state}", aggregate=grant_id, payload=payload)
    return grant_shape(row, day=day_of(clock.now(), city_zone()))


def _refuse_strangers(who: Who, row: models.Grant, verb: str) -> None:
    """The provider decides about its data; a security officer may stop any grant."""
    own = who.holds("exchange.may_decide_grants") and (row.provider == who.department or CROSS_DEPARTMENTS in who.may)
    officer = verb == "suspend" and who.holds("exchange.may_suspend_grants")
    if not (who.is_system or own or officer):
        raise Denied("exchange.grant.other", msgid("Only the department that provides this data may do this."))


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise Invalid(
            "exchange.assertion.moment", msgid("`expires` must be a moment like 2026-11-24T18:00:00+08:00.")
        ) from error


def _signer_of(department: str, text: bytes, signature: str) -> models.Signer:
    for row in models.Signer.objects.filter(department=department, revoked_at=None).order_by("-id")[:20]:
        if is_signed(row.public_key, signature, text):
            return row
    raise Denied("exchange.assertion.signature", msgid("The signature fits none of your department's keys."))


def _subject(base: str, subject: str) -> str:
    if "_" in subject:
        return bases.resolve_alias(who=Who.system("exchange"), subject_id=subject)
    found = bases.subject_by_id_number(who=Who.system("exchange"), base=base, number=subject)
    if found is None:
        raise NotFound("exchange.assertion.subject", msgid("The base does not know this person."))
    return str(found)
