"""Tables that fold: every cell knows its column, every heading stays a heading."""

import pytest
from django.template import engines

HEAD = '<thead><tr><th>When</th><th class="num">Rows “in”</th><td></td><th><span class="unseen">Act</span></th></tr></thead>'
ROW = '<tbody><tr class="on"><th>09:31</th><td class="num">12</td><td>  </td><td><a href="/">x</a></td></tr></tbody>'


def render(source: str) -> str:
    return engines["django"].from_string(source).render({"label": "<Batches>"})


def test_each_cell_says_its_column() -> None:
    shown = render("{% table label %}" + HEAD + ROW + "{% endtable %}")
    assert '<td class="num" role="cell" data-label="Rows “in”">12</td>' in shown
    assert '<th scope="row" role="rowheader">09:31</th>' in shown


def test_headings_stay_headings_and_the_frame_has_a_name() -> None:
    shown = render('{% table label "wide" %}' + HEAD + ROW + "{% endtable %}")
    assert '<th class="num" scope="col" role="columnheader">' in shown
    assert 'aria-label="&lt;Batches&gt;"' in shown
    assert 'class="table folds wide"' in shown


def test_cells_without_a_seen_heading_carry_none_and_empty_ones_are_empty() -> None:
    shown = render("{% table label %}" + HEAD + ROW + "{% endtable %}")
    assert '<td role="cell"></td><td role="cell"><a href="/">x</a></td>' in shown


def test_a_cell_over_columns_moves_the_next_on() -> None:
    foot = '<tfoot><tr><th>Sum</th><td colspan="2">12</td><td>7</td></tr></tfoot>'
    head = "<thead><tr><th>A</th><th>B</th><th>C</th><th>D</th></tr></thead>"
    shown = render("{% table label %}" + head + foot + "{% endtable %}")
    assert '<td colspan="2" role="cell">12</td><td role="cell" data-label="D">7</td>' in shown


@pytest.mark.parametrize(("heads", "folds"), [(2, False), (3, True)])
def test_two_columns_fit_as_they_are(heads: int, folds: bool) -> None:
    shown = render("{% table label %}<thead><tr>" + "<th>A</th>" * heads + "</tr></thead>{% endtable %}")
    assert ("folds" in shown) == folds
