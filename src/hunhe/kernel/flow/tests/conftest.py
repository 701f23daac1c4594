"""A city with its procedures, people of several departments, and a clock that tests move."""

import itertools
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hunhe.kernel.city import actions as city
from hunhe.kernel.city.shapes import ContentFile
from hunhe.kernel.events import actions as events
from hunhe.kernel.events import registry
from hunhe.kernel.flow import actions as flow
from hunhe.kernel.flow import content, handlers
from hunhe.kernel.flow.shapes import Case, Effect, Origin
from hunhe.stone import clock
from hunhe.stone.who import Who

REPOSITORY = Path(__file__).resolve().parents[5]
SYSTEM = Who.system("test")
MONDAY = datetime(2026, 11, 16, 1, 0, tzinfo=UTC)
"""A Monday, nine in the morning in the city."""

BRANCHES = """
id = "shop"
version = "2026-11"
name = "开店"
owner = "market_regulation"
basis = "本测试"
valid_from = "2026-01-01"
[departments]
front = "market_regulation"
health = "health_insurance"
police = "public_security"
[open]
stage = "take"
subject = "optional"
origins = ["office", "statutory", "subject"]
by = ["official", "citizen"]
[facts]
area = { name = "面积", kind = "number" }
[pauses]
drawing = { name = "等平面图", basis = "本测试" }
[[stages]]
id = "take"
name = "收件"
actor = { department = "front" }
[[stages]]
id = "clean"
name = "卫生"
actor = { department = "health" }
deadlines = [{ length = 3, basis = "本测试", pauses = ["drawing"] }]
[[stages]]
id = "safe"
name = "消防"
actor = { department = "police" }
deadlines = [{ length = 10, basis = "本测试", pauses = ["drawing"] }]
[[stages]]
id = "pack"
name = "合成一份"
join = true
actor = { department = "front" }
[[stages]]
id = "done"
name = "送达"
final = "done"
[[stages]]
id = "gone"
name = "撤回"
side = true
final = "withdrawn"
[[moves]]
id = "split"
name = "分两路"
from = ["take"]
to = ["clean", "safe"]
[[moves]]
id = "clean_ok"
name = "卫生通过"
from = ["clean"]
to = "pack"
[[moves]]
id = "safe_ok"
name = "消防通过"
from = ["safe"]
to = "pack"
facts = ["area"]
guard = "facts.area <= 100.0"
refusal = "面积超过一百平方米"
[[moves]]
id = "deliver"
name = "送达"
from = ["pack"]
to = "done"
[[moves]]
id = "withdraw"
name = "撤回"
kind = "withdraw"
from = ["*"]
to = "gone"
actor = { department = "front" }
"""


def official(department: str, name: str, *may: str, posts: tuple[str, ...] = ()) -> Who:
    held = frozenset({"flow.may_move_cases", "flow.may_open_cases", *may})
    return Who(id=f"acc_{name}", kind="official", name=name, department=department, may=held, posts=posts)


APPLICANT = official("civil_affairs", "applicant", "exchange.may_apply")
COLLEAGUE = official("civil_affairs", "colleague")
BUREAU = official("data_bureau", "bureau", "exchange.may_review_grants", "collect.may_open_corrections")
PROVIDER = official("public_security", "provider", "exchange.may_decide_grants", "collect.may_collect")
STRANGER = official("human_resources", "stranger", "exchange.may_apply", "exchange.may_decide_grants")
CITIZEN = Who(id="acc_citizen", kind="citizen", name="沈一", subject_id="person_1", level=2)
NEIGHBOUR = Who(id="acc_neighbour", kind="citizen", name="沈二", subject_id="person_2", level=2)
EVERYBODY = (APPLICANT, COLLEAGUE, BUREAU, PROVIDER, STRANGER, CITIZEN, NEIGHBOUR)


@pytest.fixture(autouse=True)
def nobody_above_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rooms above hear of cases and judge steps; what they do then is no matter of these tests."""
    monkeypatch.setattr(registry, "subscribers", {})
    for name in handlers._checks:
        monkeypatch.setitem(handlers._checks, name, lambda asked: None)


@pytest.fixture
def town(db: None, at: Callable[[datetime], None]) -> None:
    at(MONDAY)
    city.apply_city(who=SYSTEM, folder=REPOSITORY / "cities" / "shenyang")


@pytest.fixture
def branches(town: None) -> None:
    kit = [
        ContentFile.parsed(f"kernel/flow/procedures/{path.name}", "kit", path.read_text())
        for path in (REPOSITORY / "cities/kit/kernel/flow/procedures").glob("*.toml")
    ]
    content.apply(SYSTEM, [*kit, ContentFile.parsed("kernel/flow/procedures/shop.toml", "test", BRANCHES)])


@pytest.fixture
def at() -> Iterator[Callable[[datetime], None]]:
    """Set the city's clock."""
    yield lambda moment: clock.install(lambda: moment)
    clock.install(None)


@pytest.fixture
def grants() -> Iterator[list[Effect]]:
    """Stands for the exchange: what it was asked to open."""
    asked: list[Effect] = []
    before = dict(handlers._handlers)
    flow.register_effect(who=SYSTEM, name="exchange.open_grant", handler=asked.append)
    yield asked
    handlers._handlers.clear()
    handlers._handlers.update(before)


_keys = itertools.count()


def ask_for_data(**facts: object) -> Case:
    given = {
        "resource": "population",
        "service": "population.lookup",
        "columns": ["name", "address"],
        "purpose": "核对补贴",
        "basis": "社会救助暂行办法",
        "provider_department": "public_security",
        "quota_per_day": 100,
        "expires_on": "2027-01-01",
    }
    return flow.open_case(
        who=APPLICANT,
        procedure="grant_request",
        department="civil_affairs",
        facts=given | facts,
        origin="office",
        title="人口基础信息",
        key=f"ask-{next(_keys)}",
    )


def apply_for_subsidy(who: Who = CITIZEN, origin: Origin = "subject", subject_id: str = "person_1") -> Case:
    return flow.open_case(
        who=who,
        procedure="subsidy_application",
        department=who.department,
        facts={"kind": "低保"},
        subject_id=subject_id,
        origin=origin,
        title="低保申领",
        key=f"subsidy-{next(_keys)}",
    )


def step(who: Who, case: Case, move: str, note: str = "", **facts: object) -> Case:
    return flow.move_case(who=who, case_id=case.id, move=move, expected_version=case.rev, facts=facts, note=note)


def run_jobs() -> int:
    return events.run_due(who=SYSTEM)


def days(number: float) -> timedelta:
    return timedelta(days=number)
