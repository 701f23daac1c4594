"""Departments' interfaces: pages of JSON behind a key, until there is no next page."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hunhe.hub.collect.shapes import Dataset
from hunhe.hub.collect.sources import tables
from hunhe.hub.collect.spool import Spool
from hunhe.stone.errors import Invalid, Unavailable, msgid

if TYPE_CHECKING:
    import duckdb
    import httpx

PAGE = 500
MOST_PAGES = 100_000
MOST_BYTES = 32 * 1024 * 1024
TRIES = 4


@dataclass(slots=True)
class _Told:
    """What the interface says of itself while its pages are read."""

    total: int | None = None
    changed: bool = False


def land(dataset: Dataset, location: str, secret: str, folder: Path, engine: "duckdb.DuckDBPyConnection") -> Spool:
    """Land all pages. `total` is the source's own count; a total that moves while pages are read fails the attempt."""
    import httpx

    path = dataset.source.get("path", "/")
    told = _Told()
    with httpx.Client(
        base_url=location.rstrip("/"), headers={"X-Api-Key": secret}, timeout=30, follow_redirects=False
    ) as client:
        items = _items(client, path, told)
        first = next(items, None)
        columns = tuple(field.name for field in dataset.fields if first is None or field.name in first)
        rows = ([_text(item.get(column)) for column in columns] for item in chain(() if first is None else (first,), items))
        tables.write_rows(folder / tables.SPOOL, columns, rows)
    if told.changed or told.total is None:
        raise Unavailable("collect.source.changing", msgid("The source changed while it was read. It will be tried again."))
    digest = tables.rows_digest(engine, folder / tables.SPOOL, columns)
    return Spool(format="parquet", file=tables.SPOOL, columns=columns, rows=told.total, digest=digest, origin=path)


def _items(client: "httpx.Client", path: str, told: _Told) -> Iterator[dict[str, Any]]:
    page: int | None = 1
    while page is not None:
        body = _page(client, path, page)
        items, following, total = body.get("items"), body.get("next"), body.get("total")
        if not isinstance(items, list) or not all(isinstance(item, dict) for item in items) or not isinstance(total, int):
            raise _no_pages()
        if following is not None and (type(following) is not int or following <= page or page >= MOST_PAGES):
            raise _no_pages()
        told.changed = told.changed or told.total not in (None, total)
        told.total = total
        yield from items
        page = following


def _page(client: "httpx.Client", path: str, page: int) -> dict[str, Any]:
    import httpx

    for attempt in range(1, TRIES + 1):
        try:
            answer = client.get(path, params={"page": page, "size": PAGE})
        except httpx.HTTPError as error:
            if attempt == TRIES:
                raise _down() from error
        else:
            if answer.status_code in (401, 403):
                raise Invalid("collect.source.key", msgid("The interface refuses our key. Set the connection again."))
            if answer.status_code == 200 and len(answer.content) <= MOST_BYTES:
                return _body(answer)
            if answer.status_code < 500 and answer.status_code != 429:
                raise _no_pages()
            if attempt == TRIES:
                raise _down()
        time.sleep(0.2 * 2**attempt)
    raise _down()


def _body(answer: "httpx.Response") -> dict[str, Any]:
    try:
        body = answer.json()
    except ValueError as error:
        raise _no_pages() from error
    if not isinstance(body, dict):
        raise _no_pages()
    return body


def _text(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _no_pages() -> Invalid:
    return Invalid("collect.source.pages", msgid("The interface does not answer with pages of rows as agreed."))


def _down() -> Unavailable:
    return Unavailable("collect.source.down", msgid("The interface does not answer. It will be tried again."))
