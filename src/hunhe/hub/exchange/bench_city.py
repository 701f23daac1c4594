"""A city to measure in: people in a served table, a resource, a client, grants with and without cases, open cases."""

from dataclasses import asdict, dataclass
from datetime import timedelta

import pyarrow as pa
from django.db import transaction

from hunhe.hub.catalogue import actions as catalogue
from hunhe.hub.catalogue.shapes import Item, Resource
from hunhe.hub.exchange import granting, models
from hunhe.hub.lake import actions as lake
from hunhe.kernel.flow import actions as flow
from hunhe.kernel.identity import actions as identity
from hunhe.stone import clock, ids
from hunhe.stone.who import Who

WHO = Who.system("bench")
DEPARTMENT = "civil_affairs"
PROCEDURE = "subsidy_application"
FREE, CASED = "bench without a case", "bench with a case"
QUOTA = 10_000_000
_ITEMS = (
    Item(name="subject_id", title="主体"),
    Item(name="id_number", title="身份证号", sensitive="sensitive"),
    Item(name="name", title="姓名", sensitive="personal"),
    Item(name="status", title="在职状态"),
    Item(name="wage", title="月工资", type="N", sensitive="sensitive"),
)


@dataclass(frozen=True, slots=True)
class BenchCity:
    """What a client needs: a service, a token, people's numbers, and a case for each of the first of them."""

    service: str
    token: str
    numbers: tuple[str, ...]
    cases: tuple[str, ...]

    def as_dict(self) -> dict[str, object]:
        return asdict(self)


def make_bench_city(people: int = 2_000, cases: int = 200) -> BenchCity:
    """Prepare everything in the data folder at hand; its content must have been applied."""
    numbers = tuple(f"21010319{70 + n % 30:02d}01{n:05d}X"[:18] for n in range(people))
    code = "bench" + ids.new("r")[-8:]
    _serve(f"bench.{code}", numbers)
    _publish(code)
    for purpose, procedures in ((FREE, []), (CASED, [PROCEDURE])):
        _grant(code, purpose, procedures)
    token = identity.create_client(who=WHO, name="bench", department=DEPARTMENT).secret
    opened = tuple(_open_case(f"sub_bench{n:06d}") for n in range(min(cases, people)))
    return BenchCity(f"{code}.lookup", token, numbers, opened)


def _serve(table: str, numbers: tuple[str, ...]) -> None:
    count = len(numbers)
    rows = pa.table(
        {
            "subject_id": [f"sub_bench{n:06d}" for n in range(count)],
            "id_number": list(numbers),
            "name": ["林晚晴"] * count,
            "status": ["在职"] * count,
            "wage": list(range(3_000, 3_000 + count)),
        }
    )
    lease = lake.begin(who=WHO, table=table)
    version = lake.commit(who=WHO, lease=lease, rows=rows.to_reader(), seq=1, mode="overwrite")
    lake.release(who=WHO, lease=lease)
    lake.publish_serving(who=WHO, table=table, version=version.version, keys=("id_number",))


def _publish(code: str) -> None:
    resource = Resource(
        code=code,
        name=f"测速 {code}",
        department="human_resources",
        provider="human_resources",
        abstract="测速用的人员表",
        items=_ITEMS,
        condition="测速",
        basis="测速",
        dataset=f"bench.{code}",
        keys=("id_number",),
    )
    catalogue.save_resource(who=WHO, resource=resource)
    catalogue.register_resource(who=WHO, code=code)
    catalogue.publish_resource(who=WHO, code=code)


def _grant(code: str, purpose: str, procedures: list[str]) -> None:
    now = clock.now()
    with transaction.atomic():
        models.Grant.objects.create(
            id=ids.new("grant"),
            case_id=ids.new("bench"),
            service=f"{code}.lookup",
            resource=code,
            department=DEPARTMENT,
            provider="human_resources",
            purpose=purpose,
            basis="bench",
            columns={"name": "mask", "status": "give", "wage": "mask"},
            procedures=procedures,
            quota_per_day=QUOTA,
            expires_on=granting.today() + timedelta(days=1),
            opened_at=now,
            changed_at=now,
        )
        granting.bump_edition()


def _open_case(subject_id: str) -> str:
    return flow.open_case(
        who=WHO,
        procedure=PROCEDURE,
        department=DEPARTMENT,
        facts={"kind": "bench"},
        subject_id=subject_id,
        origin="subject",
        title="bench",
        key=ids.new("key"),
    ).id
