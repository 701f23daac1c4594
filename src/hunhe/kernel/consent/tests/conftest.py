"""A city with its kinds of consent, three people, and a clock that tests move."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest

from hunhe.kernel.city.shapes import ContentFile
from hunhe.kernel.consent import content, registry
from hunhe.stone import clock
from hunhe.stone.who import Who

SYSTEM = Who.system("test")
MONDAY = datetime(2026, 11, 16, 1, 0, tzinfo=UTC)
SHEN = Who(id="acc_shen", kind="citizen", name="沈一", subject_id="per_1", level=2)
WU = Who(id="acc_wu", kind="citizen", name="吴二", subject_id="per_2", level=2)
NAMELESS = Who(id="acc_new", kind="citizen", name="新", level=1)
CLERK = Who(id="acc_clerk", kind="official", department="civil_affairs")

KIND = """
["test.fill_in"]
version = "{version}"
name = "替您填好"
text = "{text}"
purpose = "填好申请表"
basis = "本测试"
days = {days}
guardian_below = 14

["test.forever"]
version = "2026-11"
name = "法定"
text = "不能撤回的一种。"
purpose = "本测试"
basis = "本测试"
withdrawable = false
guardian_below = 0
"""


def put(version: str = "2026-11", text: str = "我们替您填。", days: int = 30) -> None:
    written = KIND.format(version=version, text=text, days=days)
    content.apply(SYSTEM, (ContentFile.parsed("kernel/consent/kinds.toml", "test", written),))


@pytest.fixture
def kinds(db: None, at: Callable[[datetime], None]) -> None:
    at(MONDAY)
    put()


@pytest.fixture
def at() -> Iterator[Callable[[datetime], None]]:
    """Set the city's clock."""
    yield lambda moment: clock.install(lambda: moment)
    clock.install(None)


@pytest.fixture
def kin() -> Iterator[registry.Kin]:
    """Ages and guardians, as a test says."""
    before = (registry.kin.age, registry.kin.guardian)
    yield registry.kin
    registry.kin.age, registry.kin.guardian = before
