"""A city with its items, four people whom the population base knows, and the posts of its civil affairs bureau."""

import io
from typing import Any

import pyarrow as pa
from PIL import Image

from hunhe.hub.bases import content as bases
from hunhe.hub.lake import actions as lake
from hunhe.kernel.events import actions as events
from hunhe.kernel.flow import queries as cases
from hunhe.kernel.flow.shapes import Case
from hunhe.networks.service import actions
from hunhe.networks.service.shapes import Application
from hunhe.stone import ids
from hunhe.stone.who import Who

SYSTEM = Who.system("test")
LI, WANG, YOUNG, FAR = "per_li", "per_wang", "per_young", "per_far"
PEOPLE: dict[str, dict[str, str]] = {
    LI: {"name": "李敬之", "id_number": "210102195103041232", "birth_date": "1951-03-04", "division_code": "210102001"},
    WANG: {"name": "王秀英", "id_number": "210102194811092346", "birth_date": "1948-11-09", "division_code": "210102002"},
    YOUNG: {"name": "赵小满", "id_number": "210102198006150018", "birth_date": "1980-06-15", "division_code": "210102001"},
    FAR: {"name": "孙远", "id_number": "220102195001010019", "birth_date": "1950-01-01", "division_code": "220102001"},
}
COMMON = {"sex": "男", "nation": "汉族", "address": "沈阳市和平区示范路18号", "phone": "13800006021", "status": "active"}
ANSWERS = {"occasion": "first", "residence": "registered"}


def serve_people() -> None:
    """The population base as a build would have served it: every value won by the household register."""
    model = bases.base("population").model
    names = [field.name for field in model.fields]
    rows = [{"subject_id": subject} | dict.fromkeys(names) | COMMON | said for subject, said in PEOPLE.items()]
    _serve(
        "base.population",
        [{"subject_id": row["subject_id"]} | {name: row[name] for name in names} for row in rows],
        ("subject_id", "id_number"),
    )
    links = []
    for line, row in enumerate(rows):
        won = sum(1 << bit for bit, name in enumerate(names) if row[name] is not None)
        link: dict[str, Any] = {
            "subject_id": row["subject_id"],
            "input": "resident",
            "dataset": "public_security.household",
            "key": str(row["id_number"]),
            "batch": "bat_test",
            "line": line,
            "how": "number",
            "evidence": None,
            "as_of": "2026-11-01",
            "won": won,
            "agreed": 0,
            "page": 0,
        }
        links.append(link | {f"lost_{name}": None for name in names})
    _serve("base.population.links", links, ("subject_id", "page"))


def _serve(table: str, rows: list[dict[str, Any]], keys: tuple[str, ...]) -> None:
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    data = pa.table(
        {
            name: pa.array(values, pa.string()) if all(v is None or isinstance(v, str) for v in values) else values
            for name, values in columns.items()
        }
    )
    lease = lake.begin(who=SYSTEM, table=table)
    version = lake.commit(who=SYSTEM, lease=lease, rows=data.to_reader(), seq=1, mode="overwrite")
    lake.release(who=SYSTEM, lease=lease)
    lake.publish_serving(who=SYSTEM, table=table, version=version.version, keys=keys)


def citizen(subject_id: str, name: str = "") -> Who:
    return Who(id=f"acc_{subject_id}", kind="citizen", name=name or PEOPLE[subject_id]["name"], subject_id=subject_id, level=2)


def official(role: str, name: str, *may: str, department: str = "civil_affairs") -> Who:
    held = frozenset({"flow.may_move_cases", "service.may_see_applications", *may})
    return Who(id=f"acc_{name}", kind="official", name=name, department=department, may=held, posts=(f"{department}.{role}",))


CLERK = official("clerk", "陈立", "service.may_accept", "flow.may_open_cases")
EXAMINER = official("examiner", "周明", "service.may_accept", "service.may_review", "service.may_call_back")
DECIDER = official("decider", "吴局", "service.may_decide", "service.may_see_ratings")
BUREAU = official("reviewer", "数据局", "service.may_see_ratings", "org.may_cross_departments", department="data_bureau")
STRANGER = official("clerk", "外人", "service.may_accept", department="human_resources")


def photo() -> io.BytesIO:
    stream = io.BytesIO()
    Image.new("RGB", (60, 80), "white").save(stream, "PNG")
    stream.seek(0)
    return stream


def applied(who: Who | None = None, **answers: str) -> Application:
    """An application sent online by an elder, whole."""
    who = who or citizen(LI)
    draft = actions.start_draft(who=who, item="elder_card", answers=ANSWERS | answers, prefill=True)
    actions.save_draft(who=who, draft_id=draft.id, values={"delivery": "electronic"}, promises={"loss_statement": True})
    for line in draft.materials:
        if line.is_open and line.upload:
            actions.attach_file(who=who, draft_id=draft.id, material=line.id, name="照片.png", stream=photo())
    return actions.submit_draft(who=who, draft_id=draft.id, key=ids.new("key"))


def case_of(application: Application | str) -> Case:
    return cases.case_by_id(who=SYSTEM, case_id=application if isinstance(application, str) else application.case_id)


def check_all(who: Who, application: Application) -> None:
    for line in application.materials:
        actions.check_material(who=who, case_id=application.case_id, material=line.id, fits=True)


def step(who: Who, application: Application | str, move: str, note: str = "", **facts: object) -> Case:
    case = case_of(application)
    return actions.move_application(
        who=who, case_id=case.id, move=move, expected_version=case.rev, facts=facts, note=note, key=ids.new("key")
    )


def run_jobs() -> int:
    """Jobs and deliveries that are due, until none is."""
    done = 0
    while found := events.run_due(who=SYSTEM):
        done += found
    return done


def granted(who: Who | None = None) -> Application:
    """An application carried to its good end."""
    application = applied(who)
    check_all(CLERK, application)
    step(CLERK, application, "accept")
    step(EXAMINER, application, "propose", opinion="符合条件")
    step(DECIDER, application, "grant")
    step(CLERK, application, "make")
    run_jobs()
    step(CLERK, application, "deliver", delivered_how="电子证照")
    run_jobs()
    return application
