"""Records of other catalogues from a file or an address, streamed."""

import gzip
import json
from collections.abc import Iterator, Mapping
from io import BufferedReader
from pathlib import Path
from typing import Any

from hunhe.hub.catalogue import dcat, turtle
from hunhe.hub.catalogue.shapes import ImportFormat
from hunhe.stone.errors import Invalid, NotFound, Unavailable, msgid

MOST_BYTES = 512 * 1024 * 1024
PAGE = 500


def records(place: str, format: ImportFormat) -> Iterator[Mapping[str, Any]]:
    """Packages or dataset nodes at a path or, for CKAN, under the URL of an action API."""
    if place.startswith(("http://", "https://")):
        return _from_api(place)
    path = Path(place)
    if not path.is_file():
        raise NotFound("catalogue.import.missing", msgid("There is no file %(path)s."), path=place)
    return _packages(path) if format == "ckan" else _datasets(path)


def _open(path: Path) -> gzip.GzipFile | BufferedReader:
    with path.open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
    return gzip.open(path, "rb") if packed else path.open("rb")


def _packages(path: Path) -> Iterator[Mapping[str, Any]]:
    """JSON Lines, a JSON list, or the answer of an action API."""
    try:
        with _open(path) as file:
            for number, line in enumerate(file, 1):
                if not line.strip():
                    continue
                try:
                    yield from _packages_in(json.loads(line))
                except ValueError as error:
                    if number > 1:
                        raise Invalid("catalogue.import.line", msgid("Line %(line)s is no JSON."), line=number) from error
                    file.seek(0)
                    yield from _packages_in(json.loads(file.read(MOST_BYTES)))
                    return
    except (OSError, EOFError, ValueError) as error:
        raise Invalid(
            "catalogue.import.unreadable", msgid("The file cannot be read as %(format)s."), format="CKAN JSON"
        ) from error


def _packages_in(value: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, Mapping) and isinstance(value.get("result"), Mapping | list):
        value = value["result"]
    if isinstance(value, Mapping) and isinstance(value.get("results"), list):
        value = value["results"]
    for package in value if isinstance(value, list) else [value]:
        if not isinstance(package, Mapping):
            raise Invalid("catalogue.import.shape", msgid("A record is no package dictionary."))
        yield package


def _datasets(path: Path) -> Iterator[Mapping[str, Any]]:
    try:
        with _open(path) as file:
            text = file.read(MOST_BYTES).decode()
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise Invalid("catalogue.import.unreadable", msgid("The file cannot be read as %(format)s."), format="DCAT") from error
    if text.lstrip().startswith(("{", "[")):
        try:
            return dcat.json_nodes(json.loads(text))
        except ValueError as error:
            raise Invalid(
                "catalogue.import.unreadable", msgid("The file cannot be read as %(format)s."), format="JSON-LD"
            ) from error
    return dcat.nodes_of(turtle.parse(text))


def _from_api(url: str) -> Iterator[Mapping[str, Any]]:
    import httpx

    start = 0
    place = url.rstrip("/")
    if not place.endswith("package_search"):
        place += "/package_search" if place.endswith("/action") else "/api/3/action/package_search"
    with httpx.Client(timeout=60) as client:
        while True:
            try:
                answer = client.get(place, params={"rows": PAGE, "start": start, "sort": "id asc"}).raise_for_status()
                found = list(_packages_in(answer.json()))
            except (httpx.HTTPError, ValueError) as error:
                raise Unavailable(
                    "catalogue.import.down", msgid("The other catalogue does not answer. Nothing was changed.")
                ) from error
            yield from found
            if len(found) < PAGE:
                return
            start += PAGE
