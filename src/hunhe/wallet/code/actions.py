"""Doing things with the code: devices, certificates, terminals, the question to the police, a keeper's scan."""

from collections.abc import Sequence

from django.db import transaction

from hunhe.stone import clock
from hunhe.stone.door import Gate, Scope, door
from hunhe.stone.who import Who
from hunhe.wallet.code import connections, devices, liveness, terminals
from hunhe.wallet.code.reading import Incoming, Keeper, read_scan
from hunhe.wallet.code.scanning import Reply, answer_scans
from hunhe.wallet.code.shapes import Batch, Connection, Device, Liveness, NewTerminal, Terminal


@door(may=Gate.CITIZEN, scope=Scope.PUBLIC)
def enrol_device(*, who: Who, name: str, public_key: str, proof: str) -> Device:
    """Make a device's key known for the caller, from level 2 on. The same key again is the same device.

    public_key: base64 of the compressed point. proof: base64 of the key's signature over `HH enrol`, account and point.
    """
    return devices.enrol(who, name, public_key, proof)


@door(may=Gate.CITIZEN, scope=Scope.PUBLIC)
def renew_certificates(*, who: Who, device_id: str, keys: Sequence[str], signature: str) -> Batch:
    """Certificates for the next 24 hours, one per key; the device's own key signs for all of them."""
    return devices.renew(who, device_id, keys, signature)


@door(may=Gate.CITIZEN, scope=Scope.PUBLIC)
def rename_device(*, who: Who, device_id: str, name: str) -> Device:
    """Call a device of the caller's something else."""
    return devices.rename(who, device_id, name)


@door(may=Gate.CITIZEN, scope=Scope.PUBLIC)
def revoke_device(*, who: Who, device_id: str) -> Device:
    """End a device of the caller's for good: what it shows is refused from the next scan on."""
    return devices.revoke(who, device_id)


@door(may=Gate.CITIZEN, scope=Scope.PUBLIC)
def ask_liveness(*, who: Who) -> Liveness:
    """Ask the police whether the person before the camera is the caller; while one question is open, that one."""
    return liveness.ask(who)


@door(may="code.may_register_terminals", scope=Scope.DEPARTMENT)
def register_terminal(*, who: Who, department: str, name: str, function: str, place: str = "", key: str = "") -> NewTerminal:
    """Put up a terminal for one function. The same key is the same terminal; its token comes with the first answer only."""
    return terminals.register(who, department, name, function, place, key)


@door(may="code.may_register_terminals", scope=Scope.CITY)
def revoke_terminal(*, who: Who, terminal_id: str) -> Terminal:
    """End a terminal of the caller's department and its token for good."""
    return terminals.revoke(who, terminal_id)


@door(may="code.may_set_connections", scope=Scope.CITY)
def set_connection(*, who: Who, name: str, location: str, secret: str = "") -> Connection:
    """Say where the police's liveness service is reached. An empty secret keeps the one that is there."""
    return connections.set_place(who, name, location, secret)


@door(may="code.may_scan", scope=Scope.DEPARTMENT)
def scan_as_keeper(*, who: Who, department: str, body: bytes, language: str = "zh-hans") -> Reply:
    """One scan from a keeper's screen: decided and recorded as the lane does, answered once it is on disk."""
    keeper = Keeper(who.id, department)
    read = read_scan(Incoming(body, language=language, keeper=keeper), int(clock.now().timestamp()))
    with transaction.atomic():
        return answer_scans([read])[0]
