"""What the tests play with: two people with phones, terminals of two departments, a served population base."""

import json
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
from django.db import transaction

from hunhe.hub.lake import actions as lake
from hunhe.kernel.identity import actions as identity
from hunhe.kernel.identity import queries as identity_queries
from hunhe.stone import clock
from hunhe.stone.who import Who
from hunhe.wallet.code import actions
from hunhe.wallet.code.reading import Incoming, read_scan
from hunhe.wallet.code.scanning import answer_scans
from hunhe.wallet.code.shapes import NewTerminal
from hunhe.wallet.code.tests.phone import Phone

SYSTEM = Who.system("test")
LIN, ZHAO = "sub_lin", "sub_zhao"
NAMES = {LIN: "林晚晴", ZHAO: "赵强"}
ONE, OTHER = "civil_affairs", "health_insurance"


@dataclass(slots=True)
class Scene:
    """lin: level 3, zhao: level 2. gate, other_gate: doors of two departments; desk: a counter that identifies."""

    lin: Phone
    zhao: Phone
    gate: NewTerminal
    second_gate: NewTerminal
    other_gate: NewTerminal
    desk: NewTerminal

    def scan(self, payload: str, at: NewTerminal | None = None, **words: Any) -> tuple[int, dict[str, Any]]:
        return self.scans((payload, at or self.gate, words))[0]

    def scans(self, *batch: tuple[str, NewTerminal, dict[str, Any]]) -> list[tuple[int, dict[str, Any]]]:
        """One group commit."""
        now = int(clock.now().timestamp())
        with transaction.atomic():
            replies = answer_scans([read_scan(_incoming(*each), now) for each in batch])
        return [(reply.status, json.loads(reply.body)) for reply in replies]


def _incoming(payload: str, at: NewTerminal, words: dict[str, Any]) -> Incoming:
    body = {"payload": payload, "terminal": words.get("terminal", at.terminal.id)}
    if "function" in words:
        body["function"] = words["function"]
    return Incoming(json.dumps(body).encode(), words.get("token", at.secret), words.get("key"))


def make_scene() -> Scene:
    _serve_population()
    lin, zhao = Phone(citizen("t.lin", LIN, 3)), Phone(citizen("t.zhao", ZHAO, 2))
    for phone in (lin, zhao):
        phone.enrol()
        phone.renew()
    return Scene(
        lin,
        zhao,
        terminal("南门", "gate", ONE),
        terminal("北门", "gate", ONE),
        terminal("东门", "gate", OTHER),
        terminal("一号窗口", "identification", ONE),
    )


def terminal(name: str, function: str, department: str) -> NewTerminal:
    return actions.register_terminal(who=SYSTEM, department=department, name=name, function=function, place="大厅")


def citizen(username: str, subject_id: str | None, level: int) -> Who:
    account = identity.create_account(who=SYSTEM, username=username, password="correct horse battery", kind="citizen")
    for step in range(2, level + 1):
        identity.raise_level(who=SYSTEM, account_id=account.id, subject_id=subject_id or "", level=step)
    return identity_queries.who_by_account_id(who=SYSTEM, account_id=account.id)


def _serve_population() -> None:
    table = pa.table({"subject_id": list(NAMES), "name": list(NAMES.values()), "status": ["normal", "normal"]})
    lease = lake.begin(who=SYSTEM, table="base.population")
    version = lake.commit(who=SYSTEM, lease=lease, rows=table.to_reader(), seq=1, mode="overwrite")
    lake.release(who=SYSTEM, lease=lease)
    lake.publish_serving(who=SYSTEM, table="base.population", version=version.version, keys=("subject_id",))
