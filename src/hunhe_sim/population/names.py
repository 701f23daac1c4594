"""Names of people: common surnames and given-name characters, and how clerks mistype them. All combinations are fictional."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Texts = NDArray[np.str_]
Ints = NDArray[np.int64]

SURNAMES = "王李张刘陈杨赵孙周吴徐马高朱胡郭何林韩于宋梁郑谢唐许冯董曹程袁邓傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文关那佟"
RARE_SURNAMES = ("欧阳", "上官", "司徒", "诸葛", "乜", "仝", "昝", "逄")
SECOND_WAVE = 1975
THIRD_WAVE = 2000
# By sex (0 female, 1 male) and wave of birth.
GIVEN: dict[tuple[int, int], str] = {
    (0, 0): "秀淑桂玉兰英珍凤芝琴荣华梅芳霞云素红丽敏琳艳雅春香菊莲翠贵文",
    (0, 1): "丽静娜敏艳娟颖婷莉洋雪丹晶莹慧玲倩燕楠爽琳媛萍芳薇佳晓蕾悦宁",
    (0, 2): "涵萱怡欣雨诗梓琪婷瑶依彤思佳语妍悦嘉可馨宁若一诺沐芸汐玥书禾",
    (1, 0): "国建志玉明德文永福忠宝成军平金振广庆春林荣贵山海洪义发生喜祥",
    (1, 1): "伟强磊军洋勇杰涛明超刚鹏辉峰宇飞龙斌博旭亮波晨凯健文浩东宁岩",
    (1, 2): "浩宇轩泽睿子博文嘉俊一铭辰熙皓天佑奕航晨桐旭屹锦程昊然墨尧言",
}
RARE_CHARACTERS = "㛃䶮𬀩𫖯翀垚"
HOMOPHONES = {
    "伟": "玮炜",
    "静": "婧靖",
    "丽": "莉俐",
    "军": "君钧",
    "敏": "闽珉",
    "杰": "洁捷",
    "涛": "韬滔",
    "明": "铭鸣",
    "霞": "侠暇",
    "平": "萍坪",
    "华": "骅桦",
    "文": "雯纹",
    "辉": "晖徽",
    "玲": "铃灵",
    "晨": "辰宸",
    "浩": "昊皓",
    "宇": "雨羽",
    "轩": "萱宣",
    "涵": "晗含",
    "怡": "仪宜",
    "欣": "鑫心",
    "佳": "嘉家",
    "婷": "亭霆",
    "艳": "燕彦",
    "红": "虹宏",
    "志": "智致",
    "建": "健剑",
    "国": "帼",
    "玉": "钰育",
    "梅": "玫媚",
    "芳": "方坊",
    "英": "瑛颖",
    "琴": "芹勤",
    "强": "墙",
    "磊": "垒蕾",
    "鹏": "朋彭",
    "峰": "锋丰",
    "超": "抄",
    "子": "梓紫",
    "铭": "明茗",
    "琪": "琦祺",
    "思": "丝司",
    "宁": "柠凝",
    "云": "芸耘",
    "春": "椿",
    "秀": "琇绣",
    "淑": "舒书",
    "博": "铂勃",
    "旭": "煦叙",
    "凯": "恺铠",
    "娟": "涓捐",
    "颖": "影映",
    "雪": "血",
    "洋": "扬杨",
}
LOOK_ALIKES = {
    "王": "玉", "玉": "王", "兰": "三", "凤": "风", "婷": "停", "洋": "样", "勇": "涌", "淑": "叔", "晓": "哓", "涛": "淘", "博": "搏",
    "梅": "海", "明": "朋", "佳": "住", "辰": "晨", "睿": "容", "浩": "诰", "泽": "译", "芝": "之", "刚": "钢", "建": "健", "斌": "赋",
    "荣": "茉", "贵": "责", "春": "舂", "平": "乎", "林": "木", "英": "央", "娜": "那", "莹": "莺", "琳": "林", "宇": "字", "子": "了",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class NameParts:
    """A column of names as positions in `TABLE`; `second` is 0 (the empty text) for a given name of one character."""

    surname: Ints
    first: Ints
    second: Ints


def _table() -> tuple[Texts, dict[str, int]]:
    words = ["", *dict.fromkeys([*SURNAMES, *RARE_SURNAMES, *"".join(GIVEN.values()), *RARE_CHARACTERS])]
    return np.array(words), {word: place for place, word in enumerate(words)}


TABLE, PLACE = _table()


def _places(words: str | tuple[str, ...]) -> Ints:
    return np.array([PLACE[word] for word in words], dtype=np.int64)


def draw_surnames(rng: np.random.Generator, count: int) -> Ints:
    """Surname frequency falls off like 1/(rank + 3); one in 300 is a rare one."""
    weights = 1.0 / (np.arange(len(SURNAMES)) + 3.0)
    common = _places(SURNAMES)[rng.choice(len(SURNAMES), size=count, p=weights / weights.sum())]
    rare = _places(RARE_SURNAMES)[rng.integers(len(RARE_SURNAMES), size=count)]
    return np.where(rng.random(count) < 1 / 300, rare, common)


def draw_given(rng: np.random.Generator, male: NDArray[np.bool_], birth_year: Ints) -> tuple[Ints, Ints]:
    """Characters of the given name, by sex and wave of birth; one person in 2,000 has a character outside GBK."""
    wave = (birth_year >= SECOND_WAVE).astype(np.int64) + (birth_year >= THIRD_WAVE)
    first, second = np.zeros_like(birth_year), np.zeros_like(birth_year)
    for (sex, era), characters in GIVEN.items():
        chosen = np.flatnonzero((male == bool(sex)) & (wave == era))
        weights = 1.0 / (np.arange(len(characters)) + 6.0)
        drawn = _places(characters)[rng.choice(len(characters), size=(2, len(chosen)), p=weights / weights.sum())]
        first[chosen], second[chosen] = drawn
    second = np.where(rng.random(len(second)) < np.where(wave == 1, 0.35, 0.12), 0, second)
    rare = rng.random(len(first)) < 1 / 2000
    return np.where(rare, _places(RARE_CHARACTERS)[rng.integers(len(RARE_CHARACTERS), size=len(first))], first), second


def spell(parts: NameParts, rows: Ints) -> Texts:
    given = np.strings.add(TABLE[parts.first[rows]], TABLE[parts.second[rows]])
    return np.strings.add(TABLE[parts.surname[rows]], given)


def mistype(name: str, how: float) -> str:
    """One clerk's slip; `how` in 0..1 chooses among homophone, look-alike, full-width space and swapped given name."""
    if how < 0.45 and (slip := _replace(name, HOMOPHONES, how)):
        return slip
    if how < 0.75 and (slip := _replace(name, LOOK_ALIKES, how)):
        return slip
    if how < 0.9 or len(name) < 3:
        return f"{name[0]}\u3000{name[1:]}"
    return name[:-2] + name[-1] + name[-2]


def _replace(name: str, table: dict[str, str], how: float) -> str | None:
    for place in range(len(name) - 1, -1, -1):
        if choices := table.get(name[place]):
            return name[:place] + choices[int(how * 1000) % len(choices)] + name[place + 1 :]
    return None
