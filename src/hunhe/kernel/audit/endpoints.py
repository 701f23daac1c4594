"""The log over HTTP. Raw lane `/audit/v1`, for anybody: checkpoint, key, entry, proof, consistency, tiles. API: entries, for auditors."""

import re
from dataclasses import asdict
from typing import Any
from urllib.parse import parse_qs

import msgspec
from django.http import HttpRequest
from ninja import Router

from hunhe.kernel.audit import bundles, queries, tiles
from hunhe.kernel.lanes.shapes import ASGIApp, DatabaseThreads, Receive, Scope, Send, reply, reply_problem
from hunhe.stone.errors import HunheError, Invalid, NotFound, msgid
from hunhe.stone.who import Who
from hunhe.ui.callers import caller

PREFIX = "/audit/v1"
_WHO = Who.anonymous()
_ENTRY_ID = re.compile(r"aud_[0-9a-z]{26}")
_TILE = re.compile(r"tile/(?P<level>entries|\d)/(?P<number>(?:x\d{3}/){0,4}\d{3})(?:\.p/(?P<width>[1-9]\d{0,2}))?", re.ASCII)
_SIZE = re.compile(r"\d{1,18}", re.ASCII)
_TEXT, _BYTES, _JSON = b"text/plain; charset=utf-8", b"application/octet-stream", b"application/json"
_FRESH, _FOR_EVER = b"no-cache", b"public, max-age=31536000, immutable"
Answer = tuple[bytes, bytes, bytes]  # body, media type, cache control

router = Router()


@router.get("/entries", summary="Recorded acts, newest first, for auditors")
def entries(request: HttpRequest, object: str | None = None, cursor: str | None = None) -> dict[str, Any]:
    who = caller(request)
    if object is None:
        return asdict(queries.list_entries(who=who, cursor=cursor))
    return asdict(queries.entries_of(who=who, object=object, cursor=cursor))


def answer(path: str, query: dict[str, list[str]]) -> Answer:
    """What lies at a path below the prefix; NotFound, Invalid and Conflict as everywhere."""
    if path == "checkpoint":
        return _checkpoint()
    if path == "key":
        return queries.verifier_key(who=_WHO).encode() + b"\n", _TEXT, _FRESH
    noun, _, rest = path.partition("/")
    if noun in ("entry", "proof"):
        proof = queries.proof(who=_WHO, entry_id=_entry_id(rest or query.get("entry", [""])[0]))
        value = asdict(proof)
        if noun == "entry":
            del value["path"]
        return msgspec.json.encode(value), _JSON, _FRESH
    if path == "consistency":
        old, new = _size(query, "old"), _size(query, "new") if "new" in query else None
        found = queries.consistency(who=_WHO, old_size=old, new_size=new)
        return msgspec.json.encode(asdict(found)), _JSON, _FRESH
    if tile := _TILE.fullmatch(path):
        return _tile(tile["level"], int(tile["number"].replace("x", "").replace("/", "")), int(tile["width"] or tiles.SPAN))
    raise _nothing()


def _checkpoint() -> Answer:
    try:
        return (tiles.folder() / "checkpoint").read_bytes(), _TEXT, _FRESH
    except FileNotFoundError as error:
        raise NotFound("audit.checkpoint.none", msgid("Nothing has been sealed yet.")) from error


def _tile(level_name: str, number: int, width: int) -> Answer:
    level = 0 if level_name == "entries" else int(level_name)
    published = tiles.published_size() >> (tiles.HEIGHT * level)
    if width > tiles.SPAN or number * tiles.SPAN + width > published:
        raise _nothing()
    if level_name == "entries":
        body = bundles.bundle(number, width)
    else:
        body = tiles.read_tile(level, number, width)[: width * tiles.WIDTH]
    return body, _BYTES, _FOR_EVER


def _entry_id(text: str) -> str:
    if not _ENTRY_ID.fullmatch(text):
        raise _nothing()
    return text


def _size(query: dict[str, list[str]], name: str) -> int:
    text = query.get(name, [""])[0]
    if not _SIZE.fullmatch(text):
        raise Invalid("audit.consistency.sizes", msgid("Give the sizes of two trees as numbers: old, and new if you like."))
    return int(text)


def _nothing() -> NotFound:
    return NotFound("audit.nothing", msgid("The log has nothing at this address."))


class NotRead(Invalid):
    """Something else than reading was tried."""

    status = 405


def _lane() -> ASGIApp:
    threads = DatabaseThreads(2, "audit")

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"].removeprefix(PREFIX).strip("/")
        try:
            if scope["method"] not in ("GET", "HEAD"):
                raise NotRead("audit.read_only", msgid("The log can only be read here."))
            query = parse_qs(scope["query_string"].decode("latin-1"))
            body, media_type, cache = await threads.run(lambda: answer(path, query))
        except HunheError as error:
            await reply_problem(send, error)
            return
        headers = [(b"cache-control", cache), (b"access-control-allow-origin", b"*")]
        await reply(send, 200, body, media_type, headers)

    return serve


lanes = {PREFIX: _lane}
