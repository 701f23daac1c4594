"""Takes landed datasets through the catalogue to a provable call: `python -m tests.called < WISHES`, in a prepared data folder.

Each wish: dataset, keys, columns, sensitive columns, and the key to ask by. Answers with one JSON line per wish.
"""

import json
import os
import sys
from datetime import timedelta
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hunhe.house.settings")
django.setup()

from hunhe.hub.catalogue import actions as catalogue  # noqa: E402  # after Django is up
from hunhe.hub.catalogue.shapes import Item, Resource  # noqa: E402
from hunhe.hub.collect import queries as collect  # noqa: E402
from hunhe.hub.exchange import actions as exchange  # noqa: E402
from hunhe.hub.exchange import granting  # noqa: E402
from hunhe.hub.exchange.lane import PREFIX, make_commit, make_lane  # noqa: E402
from hunhe.hub.exchange.tests.asgi import ask  # noqa: E402
from hunhe.hub.exchange.tests.people import official  # noqa: E402
from hunhe.hub.lake import queries as lake  # noqa: E402
from hunhe.kernel.events import actions as events  # noqa: E402
from hunhe.kernel.events import queries as event_queries  # noqa: E402
from hunhe.kernel.flow import actions as flow  # noqa: E402
from hunhe.kernel.identity import actions as identity  # noqa: E402
from hunhe.stone.who import Who  # noqa: E402

SYSTEM = Who.system("test")
PURPOSE, TYPES = "核对真实数据", {"integer": "I", "number": "B", "date": "D"}


def publish(wish: dict[str, Any]) -> str:
    """An entry for the dataset as its contract describes it, published, and laid out for its keys by the job that this asks for."""
    dataset = collect.dataset_by_id(who=SYSTEM, dataset=wish["dataset"])
    code = wish["dataset"].replace(".", "_")
    items = tuple(Item(name=field.name, title=field.title, type=TYPES.get(field.type, "C")) for field in dataset.fields)
    entry = Resource(
        code=code,
        name=f"{dataset.name} {code}",
        department="human_resources",
        provider="人社局",
        abstract=dataset.name,
        items=items,
        sharing="conditional",
        condition="按用途",
        basis="《政务数据共享条例》",
        cycle="irregular",
        dataset=wish["dataset"],
        keys=tuple(wish["keys"]),
    )
    catalogue.save_resource(who=SYSTEM, resource=entry)
    catalogue.register_resource(who=SYSTEM, code=code)
    published = catalogue.publish_resource(who=SYSTEM, code=code)
    job = event_queries.job_by_key(who=SYSTEM, kind="catalogue.serve", key=f"{code}:{published.rev}")
    assert job is not None
    events.run_job(who=SYSTEM, job_id=job.id)
    return code


def grant(code: str, wish: dict[str, Any], people: dict[str, Who]) -> None:
    """Applied for, checked, decided and opened, as departments do it."""
    until = granting.today() + timedelta(days=30)
    case = exchange.apply_for_grant(
        who=people["applicant"],
        resource=code,
        service=f"{code}.lookup",
        columns=tuple(wish["columns"]),
        purpose=PURPOSE,
        basis="《政务数据共享条例》",
        quota_per_day=10,
        expires_on=until,
        key=code,
    )
    case = flow.move_case(who=people["reviewer"], case_id=case.id, move="pass", expected_version=case.rev)
    exchange.decide_grant(
        who=people["approver"],
        case_id=case.id,
        expected_version=case.rev,
        columns=dict.fromkeys(wish["columns"], "give"),
        quota_per_day=10,
        expires_on=until,
    )
    events.run_due(who=SYSTEM)


def main() -> None:
    people = {
        "applicant": official("health_insurance", "applicant"),
        "reviewer": official("data_bureau", "reviewer"),
        "approver": official("human_resources", "approver"),
    }
    client = identity.create_client(who=SYSTEM, name="核对系统", department="health_insurance")
    commit = make_commit()
    lane = make_lane(commit)
    token = (b"authorization", b"Bearer " + client.secret.encode())
    for wish in json.load(sys.stdin):
        code = publish(wish)
        body = json.dumps({"key": wish["key"], "purpose": PURPOSE}).encode()
        before = ask(lane, f"{PREFIX}/{code}.lookup", body, [token])
        grant(code, wish, people)
        status, _, answer = ask(lane, f"{PREFIX}/{code}.lookup", body, [token])
        batches = set()
        if status == 200:
            ((name, value),) = wish["key"].items()
            rows = lake.lookup(who=SYSTEM, table=wish["dataset"], key=name, value=value, columns=("_batch",))
            batches = {str(row["_batch"]) for row in rows}
        exact = {"before": before[2]["code"], "status": status, "answer": answer, "batches": sorted(batches)}
        sys.stdout.write(json.dumps(exact, ensure_ascii=False) + "\n")
    commit.close()


if __name__ == "__main__":
    main()
