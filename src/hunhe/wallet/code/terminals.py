"""Terminals of a department: registering, the end of a stolen one."""

from django.db import transaction

from hunhe.kernel.audit import actions as audit
from hunhe.kernel.identity import actions as identity
from hunhe.stone import clock, ids
from hunhe.stone.errors import Denied, Invalid, NotFound, msgid
from hunhe.stone.who import Who
from hunhe.wallet.code import models
from hunhe.wallet.code.shapes import NewTerminal, Terminal, TerminalState
from hunhe.wallet.functions import queries as functions

WORDS = 60


def register(who: Who, department: str, name: str, function: str, place: str, key: str) -> NewTerminal:
    """A terminal with a client of its own. The same key is the same terminal; its token is shown only the first time."""
    name, place = " ".join(name.split()), " ".join(place.split())
    if not 0 < len(name) <= WORDS or len(place) > WORDS:
        raise Invalid("code.terminal.name", msgid("Give the terminal a name of up to %(limit)s characters."), limit=WORDS)
    found = functions.function_by_id(who=who, function=function)
    if not found.open_to(department):
        raise Denied("code.terminal.function", msgid("This function is not open to your department."))
    own_key = f"{department}:{key}" if key else None
    with transaction.atomic():
        if own_key and (known := models.Terminal.objects.filter(key=own_key).first()):
            return NewTerminal(shape(known), "")
        made = identity.create_client(
            who=Who.system("code", on_behalf_of=who.id), name=f"{place} {name}".strip()[:120], department=department
        )
        row = models.Terminal.objects.create(
            id=ids.new("trm"),
            department=department,
            name=name,
            place=place,
            function=function,
            client_id=made.client.id,
            registered_by=who.id,
            registered_at=clock.now(),
            key=own_key,
        )
        audit.record(who=who, act="code.terminal.registered", object=row.id, detail={"function": function, "name": name})
    return NewTerminal(shape(row), made.secret)


def revoke(who: Who, terminal_id: str) -> Terminal:
    """For good, its token too. A second time changes nothing."""
    with transaction.atomic():
        row = models.Terminal.objects.select_for_update().filter(id=terminal_id).first()
        if row is None or not (who.is_system or row.department == who.department):
            raise unknown()
        if row.state == TerminalState.ACTIVE:
            row.state, row.revoked_at = TerminalState.REVOKED, clock.now()
            row.save(update_fields=["state", "revoked_at"])
            identity.revoke_client(who=Who.system("code", on_behalf_of=who.id), client_id=row.client_id)
            audit.record(who=who, act="code.terminal.revoked", object=row.id)
    return shape(row)


def shape(row: models.Terminal) -> Terminal:
    return Terminal(
        row.id, row.department, row.name, row.place, row.function, TerminalState(row.state), row.registered_at, row.revoked_at
    )


def unknown() -> NotFound:
    return NotFound("code.terminal.unknown", msgid("Your department has no such terminal."))
