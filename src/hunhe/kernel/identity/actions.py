"""Accounts, appointments, delegation, levels, API clients."""

from datetime import date, timedelta

from allauth.mfa.models import Authenticator
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from hunhe.kernel.audit import actions as audit
from hunhe.kernel.identity import browsers, duties, models, tokens
from hunhe.kernel.identity.days import today
from hunhe.kernel.identity.shapes import Account, AccountKind, Appointment, Delegation, NewClient
from hunhe.kernel.org import queries as org
from hunhe.stone import clock, ids
from hunhe.stone.door import Gate, Scope, door
from hunhe.stone.errors import Conflict, Denied, Invalid, NotFound, msgid
from hunhe.stone.who import Who

MANAGE = "identity.may_manage_accounts"


@door(may=MANAGE, scope=Scope.CITY)
def create_account(
    *, who: Who, username: str, password: str, kind: AccountKind, department: str | None = None, name: str = ""
) -> Account:
    """A login with a password that must be hard to guess. Officials belong to a department; citizens start at level 1.

    Conflict when the user name is taken.
    """
    if kind == "official" and department is None:
        raise Invalid("identity.account.department", msgid("An official's account needs a department."))
    if department is not None:
        org.department_by_code(who=who, code=department)
    account = models.Account(username=username, kind=kind, department=department or "", display_name=name, level=1)
    _refuse_weak(password, account)
    account.set_password(password)
    with transaction.atomic():
        if models.Account.objects.filter(username__iexact=username).exists():
            raise Conflict("identity.account.taken", msgid("The user name %(username)s is taken."), username=username)
        account.save(force_insert=True)
        audit.record(
            who=who, act="identity.account.created", object=account.id, detail={"kind": kind, "department": department}
        )
        return account.shape()


@door(may=MANAGE, scope=Scope.CITY)
def set_active(*, who: Who, account_id: str, active: bool) -> Account:
    """Let an account sign in, or no longer: its sessions end with its next request. Nobody shuts out themselves."""
    if account_id == who.id:
        raise Denied("identity.account.self", msgid("You cannot switch off your own account."))
    with transaction.atomic():
        account = _account(account_id)
        account.is_active = active
        account.save(update_fields=["is_active"])
        audit.record(who=who, act="identity.account.switched", object=account.id, detail={"active": active})
        return account.shape()


@door(may=MANAGE, scope=Scope.CITY)
def reset_access(*, who: Who, account_id: str, password: str) -> Account:
    """A new password for somebody who lost theirs or their telephone: the second factor is set up anew, every browser signed out.
    One's own password is changed on the account page."""
    if account_id == who.id:
        raise Denied("identity.account.own", msgid("Change your own password on your account's page."))
    with transaction.atomic():
        account = _account(account_id)
        _refuse_weak(password, account)
        account.set_password(password)
        account.save(update_fields=["password"])
        Authenticator.objects.filter(user=account).delete()
        browsers.end(account.id, keep="")
        audit.record(who=who, act="identity.account.reset", object=account.id)
        return account.shape()


@door(may=MANAGE, scope=Scope.CITY)
def appoint(*, who: Who, account_id: str, post: str, since: date | None = None, until: date | None = None) -> Appointment:
    """Give an official a post of their own department, from today if `since` is not given. The same open appointment twice is one.

    Conflict when the post would unite duties that must stay apart (administrator, security, auditor), with appointments
    and delegations to come counted too. Nobody appoints themselves.
    """
    if account_id == who.id:
        raise Denied("identity.appoint.self", msgid("You cannot appoint yourself."))
    chosen, first = org.post_by_code(who=who, code=post), since or today()
    _refuse_span(first, until)
    with transaction.atomic():
        account = _account(account_id)
        if account.kind != "official" or account.department != chosen.department:
            raise Invalid("identity.appoint.department", msgid("Only officials of the post's own department can be appointed."))
        held = models.Appointment.objects.filter(account=account, post_id=post, since__lte=first, until=until).first()
        if held is not None:
            return held.shape()
        duties.refuse_union(account_id, chosen.role, first)
        row = models.Appointment(id=ids.new("apt"), account=account, post_id=post, since=first, until=until)
        row.save(force_insert=True)
        audit.record(who=who, act="identity.post.given", object=account_id, detail={"post": post, **_span(first, until)})
        return row.shape()


@door(may=MANAGE, scope=Scope.CITY)
def end_appointment(*, who: Who, appointment_id: str, until: date) -> Appointment:
    """Let an appointment end with a day; yesterday takes effect at once."""
    with transaction.atomic():
        row = models.Appointment.objects.select_for_update().filter(id=appointment_id).first()
        if row is None:
            raise NotFound("identity.appointment.unknown", msgid("There is no such appointment."))
        if row.until is not None and row.until < until:
            raise Conflict("identity.appointment.over", msgid("This appointment ends earlier already."))
        row.until = until
        row.save(update_fields=["until"])
        audit.record(
            who=who, act="identity.post.taken", object=row.account_id, detail={"post": row.post_id, "until": until.isoformat()}
        )
        return row.shape()


@door(may=Gate.SIGNED_IN, scope=Scope.PUBLIC)
def delegate(*, who: Who, post: str, deputy_id: str, since: date, until: date) -> Delegation:
    """Let a colleague of the same department act in one of the caller's own posts for at most 90 days."""
    _refuse_span(since, until)
    if (until - since).days > 90:
        raise Invalid("identity.delegation.long", msgid("A delegation lasts at most 90 days."))
    chosen = org.post_by_code(who=who, code=post)
    with transaction.atomic():
        held = models.Appointment.objects.filter(account_id=who.id, post_id=post)
        if post not in who.posts or not held.exists():
            raise Denied("identity.delegation.not_held", msgid("You can only delegate a post that you hold yourself."))
        deputy = _account(deputy_id)
        if deputy.id == who.id or deputy.department != chosen.department:
            raise Invalid("identity.delegation.deputy", msgid("The deputy must be a colleague of your department."))
        duties.refuse_union(deputy_id, chosen.role, today())
        row = models.Delegation(
            id=ids.new("dlg"), post_id=post, holder_id=who.id, deputy_id=deputy_id, since=since, until=until
        )
        row.save(force_insert=True)
        detail = {"post": post, "holder": who.id, **_span(since, until)}
        audit.record(who=who, act="identity.post.delegated", object=deputy_id, detail=detail)
        return row.shape()


@door(may=Gate.SIGNED_IN, scope=Scope.PUBLIC)
def end_delegation(*, who: Who, delegation_id: str) -> None:
    """Take one's own post back, or give another's back, at once. NotFound for anybody else's."""
    with transaction.atomic():
        row = models.Delegation.objects.select_for_update().filter(id=delegation_id, until__gte=today()).first()
        if row is None or who.id not in (row.holder_id, row.deputy_id):
            raise NotFound("identity.delegation.unknown", msgid("There is no such stand-in."))
        row.until = today() - timedelta(days=1)
        row.save(update_fields=["until"])
        audit.record(who=who, act="identity.post.given_back", object=row.deputy_id, detail={"post": row.post_id})


@door(may=Gate.SYSTEM, scope=Scope.SYSTEM)
def raise_level(*, who: Who, account_id: str, subject_id: str, level: int, name: str = "") -> Account:
    """Bind an account to a person of the population base at level 2 (real name) or 3 (real person).

    Called by the rooms that checked it; `name` is the name that was proved, by which the person is greeted from then on. A level never falls and a person never changes; Conflict when the person has
    another account of this kind.
    """
    if level not in (2, 3):
        raise Invalid("identity.level.unknown", msgid("An account rises to level 2 or 3."))
    with transaction.atomic():
        account = _account(account_id)
        if account.subject_id not in (None, subject_id):
            raise Conflict("identity.level.other_person", msgid("This account belongs to another person already."))
        if models.Account.objects.filter(kind=account.kind, subject_id=subject_id).exclude(id=account_id).exists():
            raise Conflict("identity.level.other_account", msgid("This person has an account already. Sign in with that one."))
        if account.subject_id == subject_id and account.level >= level:
            return account.shape()
        account.subject_id, account.level = subject_id, max(level, account.level)
        account.display_name = name or account.display_name
        account.save(update_fields=["subject_id", "level", "display_name"])
        models.RealNameLink.objects.create(
            id=ids.new("rnl"), account=account, subject_id=subject_id, level=level, raised_by=who.id, raised_at=clock.now()
        )
        audit.record(who=who, act="identity.account.raised", object=account_id, subject_id=subject_id, detail={"level": level})
        return account.shape()


@door(may=Gate.SIGNED_IN, scope=Scope.PUBLIC)
def end_sessions(*, who: Who, keep: str, session_id: str = "") -> int:
    """Sign out one browser of the caller's account, or all but the one whose session key is `keep`. Returns how many."""
    with transaction.atomic():
        ended = browsers.end(who.id, keep, session_id)
        if ended:
            audit.record(who=who, act="identity.account.signed_out", object=who.id, detail={"sessions": ended})
        return ended


@door(may=Gate.SYSTEM, scope=Scope.SYSTEM)
def erase_accounts(*, who: Who, subject_id: str) -> int:
    """Close a person's citizen account for good: name, number and password go, an empty shell stays so that the log's ids
    lead somewhere. Officials' accounts belong to their office and stay. Returns how many were closed."""
    rows = list(models.Account.objects.select_for_update().filter(subject_id=subject_id, kind="citizen")) if subject_id else []
    for account in rows:
        browsers.end(account.id, keep="")
        models.RealNameLink.objects.filter(account=account).delete()
        account.username, account.display_name, account.email = f"erased.{account.id}", "", ""
        account.subject_id, account.level, account.is_active = None, 0, False
        account.set_unusable_password()
        account.save()
        audit.record(who=who, act="identity.account.erased", object=account.id)
    return len(rows)


@door(may="identity.may_create_clients", scope=Scope.DEPARTMENT)
def create_client(*, who: Who, name: str, department: str) -> NewClient:
    """An API client of a department. Its token is in the answer and nowhere else."""
    if not 0 < len(name.strip()) <= 120:
        raise Invalid("identity.client.name", msgid("A client needs a name of at most 120 characters."))
    org.department_by_code(who=who, code=department)
    secret, digest, hint = tokens.new_token()
    with transaction.atomic():
        row = models.Client.objects.create(
            id=ids.new("cli"),
            name=name.strip(),
            department=department,
            digest=digest,
            hint=hint,
            created_by=who.id,
            created_at=clock.now(),
        )
        audit.record(who=who, act="identity.client.created", object=row.id, detail={"department": department, "name": row.name})
        transaction.on_commit(tokens.forget)
        return NewClient(row.shape(), secret)


@door(may="identity.may_create_clients", scope=Scope.CITY)
def revoke_client(*, who: Who, client_id: str) -> None:
    """End a client for good, within seconds everywhere. NotFound for another department's."""
    with transaction.atomic():
        row = models.Client.objects.select_for_update().filter(id=client_id).first()
        if row is None or not (who.is_system or row.department == who.department):
            raise NotFound("identity.client.unknown", msgid("There is no such client."))
        if row.revoked_at is None:
            row.revoked_at = clock.now()
            row.save(update_fields=["revoked_at"])
            audit.record(who=who, act="identity.client.revoked", object=row.id)
        transaction.on_commit(tokens.forget)


def _account(account_id: str) -> models.Account:
    """The account, locked; NotFound."""
    account = models.Account.objects.select_for_update().filter(id=account_id).first()
    if account is None:
        raise NotFound("identity.account.missing", msgid("There is no such account."))
    return account


def _refuse_weak(password: str, account: models.Account) -> None:
    try:
        account.clean_fields(exclude=["password", "id"])
        validate_password(password, account)
    except ValidationError as error:
        raise Invalid(
            "identity.account.invalid", msgid("This account cannot be made: %(why)s"), why=" ".join(error.messages)
        ) from error


def _refuse_span(since: date, until: date | None) -> None:
    if until is not None and until < since:
        raise Invalid("identity.span", msgid("The last day must not come before the first."))


def _span(since: date, until: date | None) -> dict[str, str | None]:
    return {"since": since.isoformat(), "until": until.isoformat() if until else None}
