from pathlib import Path

import openpyxl
import pytest

from hunhe_sim.systems import workbook


def test_text_comes_back_as_written(tmp_path: Path) -> None:
    rows = [("a<b & c>", "  spaced ", ""), ("０１", "㛃𬀩", "007")]
    book = workbook.Workbook(tmp_path / "b.xlsx", "表", ("x", "y", "z"))
    book.write(rows)
    book.close()
    sheet = openpyxl.load_workbook(tmp_path / "b.xlsx")["表"]
    assert [[cell.value or "" for cell in row] for row in sheet.iter_rows()] == [["x", "y", "z"], *map(list, rows)]


def test_past_the_limit_it_goes_on_in_another_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MOST_ROWS", 2)
    book = workbook.Workbook(tmp_path / "b.xlsx", "s", ("x",))
    book.write([("1",), ("2",), ("3",)])
    book.write([("4",), ("5",)])
    book.close()
    found = [
        [cell.value for (cell,) in openpyxl.load_workbook(tmp_path / name).active.iter_rows()]
        for name in ("b.xlsx", "b_2.xlsx", "b_3.xlsx")
    ]
    assert found == [["x", "1", "2"], ["x", "3", "4"], ["x", "5"]]
