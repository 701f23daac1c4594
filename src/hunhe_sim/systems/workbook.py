"""Excel workbooks written row by row at the speed of text; the same rows give the same bytes."""

import re
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import IO
from xml.sax.saxutils import escape

MOST_ROWS = 1_000_000  # a sheet holds 1,048,576
EPOCH = (1980, 1, 1, 0, 0, 0)
NAMESPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
NEEDS_ESCAPE = re.compile(r"[&<>]")


class Workbook:
    """One sheet of text cells under a heading. Past a million rows it goes on in `<name>_2.xlsx`, and so on."""

    def __init__(self, path: Path, sheet: str, headers: tuple[str, ...]) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path, self._sheet, self._headers, self._parts = path, sheet, headers, 0
        self._open_part()

    def write(self, rows: Iterable[tuple[str, ...]]) -> None:
        lines: list[str] = []
        for row in rows:
            if self._rows == MOST_ROWS:
                self._out.write("".join(lines).encode())
                lines.clear()
                self._close_part()
                self._open_part()
            lines.append(_row(row))
            self._rows += 1
        self._out.write("".join(lines).encode())

    def close(self) -> None:
        self._close_part()

    def _open_part(self) -> None:
        self._parts += 1
        path = self._path if self._parts == 1 else self._path.with_stem(f"{self._path.stem}_{self._parts}")
        self._zip = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED)
        for name, text in _fixed_parts(self._sheet):
            self._zip.writestr(_info(name), HEAD + text, compresslevel=1)
        self._out: IO[bytes] = self._zip.open(_info("xl/worksheets/sheet1.xml"), "w", force_zip64=True)
        self._out.write(f'{HEAD}<worksheet xmlns="{NAMESPACE}"><sheetData>{_row(self._headers)}'.encode())
        self._rows = 0

    def _close_part(self) -> None:
        self._out.write(b"</sheetData></worksheet>")
        self._out.close()
        self._zip.close()


def _info(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, EPOCH)
    info.compress_type = zipfile.ZIP_DEFLATED
    return info


def _row(values: tuple[str, ...]) -> str:
    body = '</t></is></c><c t="inlineStr"><is><t xml:space="preserve">'.join(values)
    if NEEDS_ESCAPE.search("".join(values)):
        body = '</t></is></c><c t="inlineStr"><is><t xml:space="preserve">'.join(escape(value) for value in values)
    return f'<row><c t="inlineStr"><is><t xml:space="preserve">{body}</t></is></c></row>'


def _fixed_parts(sheet: str) -> tuple[tuple[str, str], ...]:
    types = (
        f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{TYPE}.worksheet+xml"/></Types>'
    )
    book = f'<workbook xmlns="{NAMESPACE}" xmlns:r="{OFFICE}"><sheets><sheet name="{escape(sheet)}" sheetId="1" r:id="rId1"/></sheets></workbook>'
    return (
        ("[Content_Types].xml", types),
        ("_rels/.rels", _relations("officeDocument", "xl/workbook.xml")),
        ("xl/workbook.xml", book),
        ("xl/_rels/workbook.xml.rels", _relations("worksheet", "worksheets/sheet1.xml")),
    )


def _relations(kind: str, target: str) -> str:
    return f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" Type="{OFFICE}/{kind}" Target="{target}"/></Relationships>'
