"""The papers: which templates there are, and a paper set in type from one of them (PDF/A-3, the credential inside).

`set_paper` runs in a job, never in a web process.
"""

import io
import json
from functools import cache
from pathlib import Path
from typing import Any, Literal

FOLDER = Path(__file__).parent / "papers"
FONTS = Path(__file__).parents[2] / "ui" / "fonts"
STANDARD: Literal["a-3b"] = "a-3b"


@cache
def templates() -> frozenset[str]:
    """Names of the templates shipped with the room."""
    return frozenset(path.stem for path in FOLDER.glob("*.typ"))


def set_paper(template: str, words: dict[str, Any], link: str, credential: str) -> bytes:
    """The paper as PDF. words: what the template asks for. link: where its QR leads."""
    import typst

    source = {
        "main.typ": (FOLDER / f"{template}.typ").read_bytes(),
        "words.json": json.dumps(words, ensure_ascii=False).encode(),
        "code.svg": _drawn(link),
        "credential.sdjwt": credential.encode(),
    }
    fonts = [FONTS] if FONTS.is_dir() else []
    fenced = bool(fonts)
    return bytes(typst.compile(source, font_paths=fonts, ignore_system_fonts=fenced, pdf_standards=[STANDARD]))  # type: ignore[call-overload]  # its types forget that files may come as a mapping


def _drawn(link: str) -> bytes:
    """A QR as SVG, with error correction that survives a fold."""
    import segno

    out = io.BytesIO()
    segno.make_qr(link, error="m").save(out, kind="svg", border=0, dark="#0A262E", xmldecl=False, svgns=True)
    return out.getvalue()
