"""The archive a person takes home: a page to read, tables for a spreadsheet, JSON for programs, receipts to check."""

import csv
import io
import json
import zipfile
from collections.abc import Sequence
from datetime import date, datetime
from typing import IO, Any

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext

from hunhe.kernel.audit.shapes import Receipt
from hunhe.kernel.consent.shapes import Table

Section = tuple[str, str, tuple[Table, ...]]
BOM = "\ufeff"


def write(stream: IO[bytes], sections: Sequence[Section], receipts: Sequence[Receipt], verifier: str, now: datetime) -> None:
    """`sections`: room, title as msgid, tables. Words are in the language that is active."""
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("index.html", _page(sections, len(receipts), now))
        archive.writestr("data.json", _json(sections, now))
        for room, _, tables in sections:
            for table in tables:
                if table.rows:
                    archive.writestr(f"tables/{room}-{table.name}.csv", _csv(table))
        archive.writestr("receipts.json", _receipts(receipts, verifier))


def plain(value: object) -> Any:
    """A value as JSON and spreadsheets take it."""
    if isinstance(value, datetime):
        return timezone.localtime(value).isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    if isinstance(value, dict):
        return {str(key): plain(part) for key, part in value.items()}
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)


def _page(sections: Sequence[Section], receipts: int, now: datetime) -> str:
    shown = [
        {"title": gettext(title), "tables": [(table, [_cells(row) for row in table.rows]) for table in tables if table.rows]}
        for _, title, tables in sections
    ]
    rows = sum(len(table.rows) for _, _, tables in sections for table in tables)
    return render_to_string("consent/archive.html", {"sections": shown, "rows": rows, "receipts": receipts, "now": now})


def _cells(row: tuple[object, ...]) -> list[str]:
    return ["" if value is None else _words(plain(value)) for value in row]


def _words(value: Any) -> str:
    if isinstance(value, list):
        return "、".join(_words(part) for part in value)
    if isinstance(value, dict):
        return "；".join(f"{key}：{_words(part)}" for key, part in value.items())
    return str(value)


def _json(sections: Sequence[Section], now: datetime) -> str:
    said = {
        room: {
            table.name: [{key: plain(value) for (key, _), value in zip(table.columns, row, strict=True)} for row in table.rows]
            for table in tables
        }
        for room, _, tables in sections
    }
    return json.dumps({"made_at": plain(now), "holdings": said}, ensure_ascii=False, indent=1)


def _csv(table: Table) -> str:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([title for _, title in table.columns])
    writer.writerows([_safe(cell) for cell in _cells(row)] for row in table.rows)
    return BOM + text.getvalue()


def _safe(cell: str) -> str:
    """A cell that a spreadsheet would take for a formula is shown as what it is."""
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell


def _receipts(receipts: Sequence[Receipt], verifier: str) -> str:
    """Under one checkpoint; `/audit/v1/proof/<entry_id>` gives the path from each leaf to its root."""
    said = {
        "verifier": verifier,
        "checkpoint": receipts[0].checkpoint if receipts else "",
        "receipts": [
            {"entry_id": receipt.entry_id, "leaf_hash": receipt.leaf_hash, "index": receipt.index} for receipt in receipts
        ],
    }
    return json.dumps(said, ensure_ascii=False, indent=1)
