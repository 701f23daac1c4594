"""Tables that fold on a phone: each row becomes a card, and each cell says which column it is of.

The heads stay in the page for screen readers (`parts/tables.css` takes them from sight only); roles are written out, so that
rows stay rows where CSS lays them out as blocks.
"""

import re
from dataclasses import dataclass

from django.utils.html import strip_tags

FITS = 2
"""A table of so many columns fits on a phone as it is."""

_HEAD = re.compile(r"<thead\b.*?</thead>", re.DOTALL)
_HEADING = re.compile(r"<t[hd]\b([^>]*)>(.*?)</t[hd]>", re.DOTALL)
_SPAN = re.compile(r'\bcolspan="(\d+)"')
_OPENING = re.compile(r"<(thead|tbody|tfoot|tr|th|td)\b([^>]*)>(\s*</td>)?")
_UNSEEN = re.compile(r'<span class="unseen">.*?</span>', re.DOTALL)
_GROUPS = ("thead", "tbody", "tfoot")
_HEADERS = {"col": "columnheader", "row": "rowheader"}


@dataclass
class _Walk:
    """Where in the table the walk is: in which part, at which column."""

    headings: tuple[str, ...]
    part: str = "tbody"
    column: int = 0

    def opening(self, found: re.Match[str]) -> str:
        name, more, end = found.groups()
        if name in _GROUPS:
            self.part = name
            return f'<{name}{more} role="rowgroup">'
        if name == "tr":
            self.column = 0
            return f'<tr{more} role="row">'
        return self._cell(name, more) + ("</td>" if end else "")

    def _cell(self, name: str, more: str) -> str:
        at, span = self.column, _span(more)
        self.column += span
        if name == "th":
            scope = "col" if self.part == "thead" else "row"
            return f'<th{more} scope="{scope}" role="{_HEADERS[scope]}">'
        heading = self.headings[at] if span == 1 and self.part != "thead" and at < len(self.headings) else ""
        label = f' data-label="{heading}"' if heading else ""
        return f'<td{more} role="cell"{label}>'


def fold(content: str) -> tuple[str, bool]:
    """The parts of a table with roles and labels, and whether it has more columns than fit on a phone.

    content: `<thead>`, `<tbody>`, `<tfoot>`; a row's own heading is a `<th>`, no cell spans rows.
    """
    headings = _headings(content)
    return _OPENING.sub(_Walk(headings).opening, content), len(headings) > FITS


def _headings(content: str) -> tuple[str, ...]:
    head = _HEAD.search(content)
    found: list[str] = []
    for more, inner in _HEADING.findall(head.group() if head else ""):
        words = " ".join(strip_tags(_UNSEEN.sub("", inner)).split()).replace('"', "&quot;")
        found += [words if _span(more) == 1 else ""] * _span(more)
    return tuple(found)


def _span(more: str) -> int:
    found = _SPAN.search(more)
    return int(found[1]) if found else 1
