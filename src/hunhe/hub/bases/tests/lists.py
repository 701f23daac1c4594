"""Lists made for tests: Chinese people and firms as several clerks write them, with the truth beside."""

import csv
import random
from pathlib import Path

from hunhe.hub.bases.resolve.normal import id_check

SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华文玉兰红梅建国志海云春雪晨宇浩欣怡"
HOMOPHONES = {
    "静": "敬",
    "丽": "莉",
    "明": "鸣",
    "伟": "玮",
    "军": "君",
    "涛": "滔",
    "英": "瑛",
    "华": "桦",
    "文": "雯",
    "宇": "雨",
}
ROADS = ("青年大街", "中山路", "崇山东路", "长江街", "文化路", "北陵大街", "泰山路", "沈辽路")
DISTRICTS = ("沈河区", "和平区", "皇姑区", "大东区", "铁西区")


def write(path: Path, header: list[str], rows: list[list[str]], encoding: str = "utf-8", separator: str = ",") -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        out = csv.writer(file, delimiter=separator)
        out.writerow(header)
        out.writerows(rows)
    return path


def people(count: int, seed: int) -> list[list[str]]:
    """Rows of name, number, phone, address, truth: one to three a person, with slips, gaps and changes."""
    draw = random.Random(seed)
    rows = []
    for person in range(count):
        name, number, phone, address = _name(draw), _number(draw), _phone(draw), _address(draw)
        rows += [
            [
                "".join(HOMOPHONES.get(c, c) for c in name) if draw.random() < 0.1 else name,
                _spoilt(draw, number),
                _phone(draw) if draw.random() < 0.2 else phone,
                _written(draw, _address(draw) if draw.random() < 0.15 else address),
                str(person),
            ]
            for _ in range(draw.choice((1, 1, 2, 2, 3)))
        ]
    draw.shuffle(rows)
    return rows


def firms(count: int, seed: int) -> list[list[str]]:
    """Rows of name, credit code, address, phone, truth."""
    draw = random.Random(seed)
    rows = []
    for firm in range(count):
        word = "".join(draw.choice("瑞恒盛嘉鼎中泰宏鑫华信佳隆昌万博远卓航凯安立锦润") for _ in range(3))
        trade = draw.choice(("商贸", "科技", "餐饮管理", "建筑工程", "物业管理"))
        code, phone, address = "91210102" + _letters(draw), _phone(draw), _address(draw)
        for _ in range(draw.choice((1, 2, 3))):
            name = draw.choice((f"沈阳{word}{trade}有限公司", f"{word}{trade}", f"沈阳市{word}{trade}公司"))
            rows.append(
                [
                    name,
                    code if draw.random() < 0.6 else "",
                    _written(draw, address),
                    phone if draw.random() < 0.7 else "",
                    str(firm),
                ]
            )
    draw.shuffle(rows)
    return rows


def _name(draw: random.Random) -> str:
    return draw.choice(SURNAMES) + "".join(draw.choice(GIVEN) for _ in range(draw.choice((1, 2, 2))))


def _number(draw: random.Random) -> str:
    body = f"2101{draw.randint(2, 9):02d}{draw.randint(1940, 1999)}{draw.randint(1, 12):02d}{draw.randint(1, 28):02d}{draw.randint(0, 999):03d}"
    return body + id_check(body)


def _spoilt(draw: random.Random, number: str) -> str:
    how = draw.random()
    if how < 0.15:
        return ""
    if how < 0.25:
        place = draw.randint(6, 16)
        return number[:place] + str(draw.randint(0, 9)) + number[place + 1 :]
    return number[:6] + number[8:17] if how < 0.35 else number


def _phone(draw: random.Random) -> str:
    return f"16{draw.randint(0, 999_999_999):09d}"


def _address(draw: random.Random) -> tuple[str, str, int, int]:
    return draw.choice(DISTRICTS), draw.choice(ROADS), draw.randint(1, 300), draw.randint(1, 30)


def _written(draw: random.Random, address: tuple[str, str, int, int]) -> str:
    district, road, house, flat = address
    return draw.choice(
        (
            f"辽宁省沈阳市{district}{road}{house}号{flat}室",
            f"沈阳市{district}{road}{house}号",
            f"{district}{road}{house}号{flat}",
        )
    )


def _letters(draw: random.Random) -> str:
    return "".join(draw.choice("0123456789ABCDEFGHJKLMNPQRTUWXY") for _ in range(10))
