"""The true firms: one row a firm. Each name carries 示例, so that nobody takes it for a real company."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hunhe_sim import identifiers
from hunhe_sim.population.people import NORMAL, People
from hunhe_sim.population.places import ROADS, Places

Ints = NDArray[np.int64]
Texts = NDArray[np.str_]

MARK = "（示例）"
FIRST = "瑞恒盛嘉鼎中泰宏鑫华信佳隆昌万博远卓航凯安立锦润启德永兴通汇"
SECOND = "丰达源和泰诚业辉耀捷腾峰晟科宇洋邦利祥旺康盈元创联合城益森"
# (industry code of GB/T 4754-2017, words in the firm's name)
INDUSTRIES = (
    ("A0141", "蔬菜种植"), ("C1411", "食品"), ("C1513", "酿造"), ("C2110", "家具"), ("C2730", "中药饮片"), ("C3311", "钢结构"),
    ("C3421", "机床"), ("C3441", "泵业"), ("C3670", "汽车零部件"), ("E4710", "建筑工程"), ("E5012", "装饰"), ("F5132", "服装贸易"),
    ("F5212", "超市"), ("F5252", "药房"), ("G5431", "物流"), ("H6210", "餐饮"), ("H6220", "快餐"), ("I6513", "软件"), ("I6560", "信息技术"),
    ("K7020", "物业服务"), ("L7241", "会计服务"), ("L7259", "广告"), ("L7269", "人力资源"), ("L7291", "旅行社"), ("O8040", "美容美发"),
)  # fmt: skip
KINDS = ("有限责任公司", "股份有限公司", "个人独资企业", "农民专业合作社", "个体工商户")
KIND_SHARES = (0.62, 0.05, 0.08, 0.03, 0.22)
KIND_ENDINGS = ("有限公司", "股份有限公司", "中心", "专业合作社", "经营部")
KIND_CODES = ("91", "91", "91", "93", "92")  # registrar 9 market regulation; 1 firms, 2 sole traders, 3 cooperatives
STATUSES = ("存续", "注销", "吊销", "迁出")
STATUS_SHARES = (0.9, 0.055, 0.03, 0.015)


@dataclass(frozen=True, slots=True)
class Firms:
    """Columns; `representative` and `place` are positions in the people and the places."""

    places: Places
    credit_code: Texts
    name: Texts
    kind: Ints
    industry: Ints
    representative: Ints
    place: Ints
    road: Ints
    house: Ints
    capital: Ints  # yuan
    established: NDArray[np.datetime64]
    status: Ints

    def __len__(self) -> int:
        return len(self.kind)

    def addresses(self, rows: Ints) -> list[str]:
        path = self.places.paths[self.place[rows]].tolist()
        spots = zip(path, self.road[rows].tolist(), self.house[rows].tolist(), strict=True)
        return [f"{self.places.city}{path}{ROADS[road]}{house}号" for path, road, house in spots]


def draw_firms(rng: np.random.Generator, count: int, people: People) -> Firms:
    places = people.places
    place = rng.integers(0, len(places.codes), size=count)
    kind = rng.choice(len(KINDS), size=count, p=KIND_SHARES)
    industry = rng.integers(0, len(INDUSTRIES), size=count)
    return Firms(
        places=places,
        credit_code=_credit_codes(rng, kind, places.district_codes[place]),
        name=_names(rng, places.city, kind, industry),
        kind=kind,
        industry=industry,
        representative=_adults(rng, people, count),
        place=place,
        road=rng.integers(0, len(ROADS), size=count),
        house=rng.integers(1, 400, size=count),
        capital=np.array([10, 30, 50, 100, 200, 500, 1000, 5000])[rng.integers(0, 8, size=count)] * 10_000,
        established=np.datetime64(people.as_of, "D") - rng.integers(40, 9000, size=count),
        status=rng.choice(len(STATUSES), size=count, p=STATUS_SHARES),
    )


def _credit_codes(rng: np.random.Generator, kind: Ints, division: Ints) -> Texts:
    """Organisation numbers are drawn without repetition from a stretched sequence, so that codes are distinct."""
    organisation = 10_000_000 + np.arange(len(kind)) * 37 + rng.integers(0, 37, size=len(kind))
    heads = np.array([[ord(character) for character in code] for code in KIND_CODES], dtype=np.uint8)
    return identifiers.credit_codes(heads[kind], division, organisation)


def _names(rng: np.random.Generator, city: str, kind: Ints, industry: Ints) -> Texts:
    count = len(kind)
    first = np.array(list(FIRST))[rng.integers(len(FIRST), size=count)]
    second = np.array(list(SECOND))[rng.integers(len(SECOND), size=count)]
    trade = np.array([words for _, words in INDUSTRIES])[industry]
    ending = np.array(KIND_ENDINGS)[kind]
    name = np.strings.add(np.full(count, city), np.strings.add(first, second))
    return np.strings.add(np.strings.add(np.strings.add(name, trade), ending), MARK)


def _adults(rng: np.random.Generator, people: People, count: int) -> Ints:
    ages = people.ages()
    pool = np.flatnonzero((ages >= 20) & (ages < 75) & (people.status == NORMAL))
    return rng.choice(pool if len(pool) else np.arange(len(people)), size=count)
