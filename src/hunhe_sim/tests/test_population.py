from collections import Counter
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from hunhe_sim.population import names
from hunhe_sim.population.flaws import EMPLOYMENT, spoil_ids
from hunhe_sim.population.people import DEAD, Share, draw_people
from hunhe_sim.population.places import DivisionsRefused, read_places, six_digits


def test_places_of_a_full_tree(divisions: Path) -> None:
    places = read_places(divisions)
    assert (places.city, places.province) == ("示例市", "示例省")
    assert places.codes.tolist() == ["990101001001", "990101001002", "990102001001"]
    assert places.paths[2] == "西区林场镇北坡村"
    assert places.district_codes.tolist() == [990101, 990101, 990102]


def test_a_tree_that_ends_at_streets_and_has_odd_codes(tmp_path: Path) -> None:
    path = tmp_path / "d.csv"
    path.write_text(
        "\ufeffcode,level,name,parent_code\nC,city,港市,\nN1,district,北,C\n7,district,南,C\n7-1,street,一街,7\n",
        encoding="utf-8",
    )
    places = read_places(path)
    assert places.paths.tolist() == ["南一街"]
    assert places.district_codes.tolist() == [700000]
    assert 900000 <= six_digits("N1") <= 999999
    assert six_digits("210102001") == 210102


@pytest.mark.parametrize(
    "text", ["code,name\n1,a\n", "code,level,name,parent_code\n1,village,a,\n", "code,level,name,parent_code\n"]
)
def test_a_csv_that_is_no_tree_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "d.csv").write_text(text)
    with pytest.raises(DivisionsRefused, match=r"d\.csv"):
        read_places(tmp_path / "d.csv")


def test_a_loop_in_the_tree_ends(tmp_path: Path) -> None:
    (tmp_path / "d.csv").write_text("code,level,name,parent_code\n1,district,a,2\n2,street,b,1\n")
    assert read_places(tmp_path / "d.csv").codes.tolist() == ["2"]


def test_identity_numbers_are_distinct_and_say_sex_and_birth(divisions: Path) -> None:
    people = draw_people(np.random.default_rng(3), 20_000, read_places(divisions), date(2026, 6, 30), Share())
    rows = np.arange(len(people))
    numbers = people.id_numbers(rows).tolist()
    assert len(set(numbers)) == len(numbers)
    assert all(int(number[16]) % 2 == male for number, male in zip(numbers, people.male.tolist(), strict=True))
    assert all(number[6:14] == day.strftime("%Y%m%d") for number, day in zip(numbers, people.birth.tolist(), strict=True))


def test_stated_shares_hold(divisions: Path) -> None:
    people = draw_people(np.random.default_rng(3), 40_000, read_places(divisions), date(2026, 6, 30), Share())
    moved = np.mean((people.home.place != people.former.place) | (people.home.road != people.former.road))
    assert 0.04 < moved < 0.055
    assert 0.072 < np.mean(people.phone != people.former_phone) < 0.088
    assert 0.010 < np.mean(people.status == DEAD) < 0.014
    known = Counter(zip(people.names(np.arange(len(people))).tolist(), people.birth.tolist(), strict=True))
    assert sum(count > 1 for count in known.values()) >= 40_000 * 0.002 * 0.7


def test_more_births_than_a_cell_holds_are_refused(divisions: Path) -> None:
    from hunhe_sim.population.people import _sequences

    births = np.full(501, np.datetime64("1990-01-01"))
    with pytest.raises(ValueError, match="500"):
        _sequences(np.random.default_rng(1), np.full(501, 990101), births, np.ones(501, dtype=bool))


@pytest.mark.parametrize(("how", "expected"), [(0.1, "王玮"), (0.8, "王\u3000伟")])
def test_slips_of_the_pen(how: float, expected: str) -> None:
    assert names.mistype("王伟", how) == expected
    assert names.mistype("李志强", 0.95) == "李强志"


def test_flaws_of_identity_numbers_come_at_their_rates() -> None:
    number = "99010119600101001X"
    written = spoil_ids(np.random.default_rng(5), [number] * 50_000, EMPLOYMENT)
    tally = Counter(entry.flaw for entry in written)
    for flaw in ("id_blank", "id_wrong_check", "id_full_width", "id_old"):
        rate = getattr(EMPLOYMENT, flaw)
        assert rate * 0.8 < tally[flaw] / 50_000 < rate * 1.2, flaw
    forms = {entry.flaw: entry.number for entry in written}
    assert forms["id_full_width"] == "９９０１０１１９６００１０１００１Ｘ"
    assert forms["id_old"] == "990101600101001"
    assert forms["id_lower_x"] == "99010119600101001x"
    assert forms["id_blank"] == ""
