"""What the tests play with: three people in a served table, a resource, a grant, a client, a case."""

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pyarrow as pa
from django.db import transaction

from hunhe.hub.exchange import granting, models
from hunhe.hub.exchange.answers import Incoming
from hunhe.hub.exchange.calls import answer_calls
from hunhe.hub.exchange.tests.published import publish_resource
from hunhe.hub.lake import actions as lake
from hunhe.kernel.flow import models as flow_models
from hunhe.kernel.identity import actions as identity
from hunhe.stone import clock, ids
from hunhe.stone.who import Who

SYSTEM = Who.system("test")
PURPOSE = "失业人员医保缴费补贴核对在职"
LIN, WANG, ZHAO = "sub_lin", "sub_wang", "sub_zhao"
NUMBERS = {LIN: "210103199004260426", WANG: "210103198503121234", ZHAO: "21010319700101333X"}
NAMES = {LIN: "林晚晴", WANG: "王晓", ZHAO: "赵强"}


@dataclass(slots=True)
class Scene:
    """The prepared city. token: of the insurance bureau's client; case_id: an open case of Lin's own."""

    table: str
    resource: str
    token: str
    client: str
    case_id: str

    @property
    def lookup(self) -> str:
        return f"{self.resource}.lookup"

    @property
    def verify(self) -> str:
        return f"{self.resource}.verify"

    def incoming(
        self, service: str | None = None, *, token: str | None = "own", repeat: str | None = None, **body: Any
    ) -> Incoming:
        """One request; by default Lin's number, the granted purpose and her case."""
        said = {"key": {"id_number": NUMBERS[LIN]}, "purpose": PURPOSE, "case": self.case_id, **body}
        said = {name: value for name, value in said.items() if value is not None}
        raw = json.dumps(said, ensure_ascii=False).encode()
        own = self.token if token == "own" else token
        return Incoming(service or self.lookup, raw, own, repeat.encode() if repeat else None)

    def call(self, *arguments: Any, **words: Any) -> tuple[int, dict[str, Any]]:
        """Status and body of one call, in a group commit of its own."""
        return self.calls(self.incoming(*arguments, **words))[0]

    def calls(self, *batch: Incoming) -> list[tuple[int, dict[str, Any]]]:
        with transaction.atomic():
            replies = answer_calls(batch)
        return [(reply.status, json.loads(reply.body)) for reply in replies]

    def grant(self, service: str | None = None, **changes: Any) -> models.Grant:
        """A grant of the insurance bureau, as the effect would open it."""
        said: dict[str, Any] = {
            "id": ids.new("grant"),
            "case_id": ids.new("case"),
            "service": service or self.lookup,
            "resource": self.resource,
            "department": "health_insurance",
            "provider": "human_resources",
            "purpose": PURPOSE,
            "basis": "本市补贴办法第7条",
            "columns": {"name": "mask", "status": "give", "wage": "withhold"},
            "procedures": ["insurance_subsidy"],
            "quota_per_day": 100,
            "expires_on": granting.today() + timedelta(days=30),
            "opened_at": clock.now(),
            "changed_at": clock.now(),
        }
        with transaction.atomic():
            row = models.Grant.objects.create(**{**said, **changes})
            granting.bump_edition()
        return row


def make_scene() -> Scene:
    table = "t." + ids.new("x")
    resource = "emp" + ids.new("r")[-6:]
    _serve_people(table)
    publish_resource(resource, table)
    made = identity.create_client(who=SYSTEM, name="待遇系统", department="health_insurance")
    return Scene(table, resource, made.secret, made.client.id, open_case(LIN))


def open_case(subject_id: str, **changes: Any) -> str:
    """A running case of the insurance bureau, written straight into flow's tables."""
    procedure, _ = flow_models.Procedure.objects.get_or_create(
        code="insurance_subsidy",
        version="2026-01",
        defaults={"digest": "x", "body": "{}", "applied_at": clock.now(), "active": False},
    )
    case_id = ids.new("case")
    said: dict[str, Any] = {
        "id": case_id,
        "number": f"210100-2611-{case_id[-6:]}",
        "procedure": procedure,
        "procedure_code": "insurance_subsidy",
        "procedure_name": "失业人员医保缴费补贴",
        "version": "2026-01",
        "title": "补贴",
        "stage": "review",
        "stage_name": "审核",
        "state": "open",
        "origin": "subject",
        "department": "health_insurance",
        "subject_id": subject_id,
        "opened_by": "acc_lin",
        "key": case_id,
        "key_digest": "x",
        "opened_at": clock.now(),
    }
    flow_models.Case.objects.create(**{**said, **changes})
    return case_id


def _serve_people(table: str) -> None:
    people = list(NUMBERS)
    rows = pa.table(
        {
            "subject_id": people,
            "id_number": [NUMBERS[person] for person in people],
            "name": [NAMES[person] for person in people],
            "status": ["在职", "离职", "在职"],
            "wage": [4321, 5200, 9000],
        }
    )
    lease = lake.begin(who=SYSTEM, table=table)
    version = lake.commit(who=SYSTEM, lease=lease, rows=rows.to_reader(), seq=1, mode="overwrite")
    lake.release(who=SYSTEM, lease=lease)
    lake.publish_serving(who=SYSTEM, table=table, version=version.version, keys=("id_number", "subject_id"))
