"""A small city of our own making, and one world in it, shared by all tests."""

from pathlib import Path

import pytest

from hunhe_sim.world import Order, make_world

DIVISIONS = """code,level,name,parent_code
99,province,示例省,
9901,city,示例市,99
990101,district,东区,9901
990102,district,西区,9901
990101001,street,河湾街道,990101
990102001,street,林场镇,990102
990101001001,community,水源社区,990101001
990101001002,community,砂阳社区,990101001
990102001001,community,北坡村,990102001
"""


@pytest.fixture(scope="session")
def divisions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("divisions") / "divisions.csv"
    path.write_text(DIVISIONS, encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def world(divisions: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """3,000 people, seed 11."""
    folder = tmp_path_factory.mktemp("world") / "w"
    make_world(Order(3000, 11, divisions, folder))
    return folder
