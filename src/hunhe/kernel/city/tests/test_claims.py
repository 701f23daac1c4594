"""Every number of the article is covered by a claim of the reference city."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from hunhe.kernel.city import queries
from hunhe.kernel.city.shapes import Claim
from hunhe.stone.who import Who
from tools.pytest_city import lacking

SYSTEM = Who.system("test")
NUMBER = re.compile(
    r"\d+(?:\.\d+)?"  # 1584, 93.81
    r"|[一二兩三四五六七八九十百千萬]+(?=大[標重]|個基礎|年|級|億|餘人次|屆|個市民碼)"  # 十大標志性, 五個基礎, 千億, 萬餘人次
    r"|首位|亞洲第一|唯一|第一城"
)
ROWS = {
    *(f"H{n}" for n in range(1, 11)),
    *(f"C{n}" for n in range(1, 10)),
    *(f"A{n}" for n in range(1, 5)),
    *(f"G{n}" for n in range(1, 7)),
    *(f"O{n}" for n in range(1, 4)),
    *(f"S{n}" for n in range(1, 17)),
    "S15b",
    *(f"E{n}" for n in range(1, 6)),
    *(f"I{n}" for n in range(1, 6)),
    "K1",
    "K2",
    "Z1",
}


@pytest.fixture
def claims(db: None) -> tuple[Claim, ...]:
    return queries.city_facts(who=SYSTEM).claims


@pytest.fixture
def article(shared_data: Path) -> str:
    path = shared_data.parent / "source-article.txt"
    if not path.exists():
        lacking("data", f"the article is not at {path}")
    return path.read_text(encoding="utf-8")


def spans(text: str, sentence: str) -> Iterator[range]:
    return (range(found.start(), found.end()) for found in re.finditer(re.escape(sentence), text))


def uncovered(article: str, claims: tuple[Claim, ...]) -> list[str]:
    quoted = [span for claim in claims for span in spans(article, claim.sentence)]
    return [
        article[max(0, number.start() - 10) : number.end() + 10]
        for number in NUMBER.finditer(article)
        if not any(number.start() in span and number.end() - 1 in span for span in quoted)
    ]


def test_every_number_of_the_article_has_a_claim(article: str, claims: tuple[Claim, ...]) -> None:
    assert len(NUMBER.findall(article)) > 90
    assert uncovered(article, claims) == []


def test_the_check_finds_a_claim_that_is_missing(article: str, claims: tuple[Claim, ...]) -> None:
    without = tuple(claim for claim in claims if claim.id != "car_parks")
    assert [text for text in uncovered(article, without) if "613" in text]


def test_every_claim_quotes_the_article(article: str, claims: tuple[Claim, ...]) -> None:
    assert [claim.id for claim in claims if claim.sentence not in article] == []


def test_every_row_of_the_mission_has_a_claim(claims: tuple[Claim, ...]) -> None:
    assert {claim.row for claim in claims} == ROWS


def test_values_say_what_their_sentences_say(claims: tuple[Claim, ...]) -> None:
    scale = {"": 1, "萬": 10_000, "億": 100_000_000}
    wrong = []
    for claim in claims:
        written = re.findall(r"(\d+(?:\.\d+)?)(?:餘|多)?(萬|億)?", claim.sentence)
        if claim.value.replace(".", "").isdigit() and written:
            means = {round(float(digits) * scale[unit], 4) for digits, unit in written}
            means |= {1e11} if "千億" in claim.sentence else set()
            if float(claim.value) not in means and len(claim.value) > 1:
                wrong.append((claim.id, claim.value, means))
    assert wrong == []
