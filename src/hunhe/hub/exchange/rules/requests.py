"""Reading a call: bytes in, a checked request out, or a reason in words."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from hunhe.stone.errors import msgid

BODY_LIMIT = 65_536
KEYS_LIMIT = 8
COLUMNS_LIMIT = 200
VALUE_LIMIT = 200
WORD_LIMIT = 64
ROWS_LIMIT, ROWS_USUAL = 1_000, 200
NUMBER_LIMIT = 2**62
BY_LIMIT = 2
BY_KEY = ("lookup", "verify")


class BadCall(Exception):
    """The request cannot be read; `message` is a msgid that says what to change."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class _Body(msgspec.Struct, forbid_unknown_fields=True):
    purpose: str
    key: dict[str, str] = {}
    case: str | None = None
    columns: list[str] | None = None
    by: list[str] = []
    cursor: str | None = None
    since: int = 0
    limit: int = ROWS_USUAL


@dataclass(frozen=True, slots=True)
class CallRequest:
    """What a department's system asks. `digest` tells whether a repeated key repeats the same request."""

    service: str
    key: Mapping[str, str]
    purpose: str
    case: str
    columns: tuple[str, ...] | None
    digest: bytes
    by: tuple[str, ...] = ()
    cursor: str = ""
    since: int = 0
    limit: int = ROWS_USUAL


_decoder = msgspec.json.Decoder(_Body)


def read_call(service: str, body: bytes) -> CallRequest:
    """Decode and bound one request; raises BadCall, never anything else."""
    if len(body) > BODY_LIMIT:
        raise BadCall(msgid("The request is larger than 64 kB."))
    try:
        read = _decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValueError) as error:
        raise BadCall(
            msgid(
                "The body must be JSON with `purpose`, and what this service takes: `key`, `case`, `columns`, `by`, `cursor`, `since`, `limit`."
            )
        ) from error
    _check_form(service.rpartition(".")[2], read)
    for name, value in read.key.items():
        if not _is_word(name) or not _is_plain(value, VALUE_LIMIT):
            raise BadCall(msgid("An attribute in `key` is empty, too long, or holds control characters."))
    if not _is_plain(read.purpose, VALUE_LIMIT):
        raise BadCall(msgid("`purpose` must be the purpose written in your grant."))
    if read.case is not None and not _is_plain(read.case, WORD_LIMIT):
        raise BadCall(msgid("`case` must be a case number or id."))
    if read.columns is not None and (
        not read.columns or len(read.columns) > COLUMNS_LIMIT or not all(_is_word(name) for name in read.columns)
    ):
        raise BadCall(msgid("`columns` must be a list of column names."))
    return CallRequest(
        service,
        read.key,
        read.purpose.strip(),
        (read.case or "").strip(),
        tuple(dict.fromkeys(read.columns)) if read.columns is not None else None,
        hashlib.sha256(service.encode() + b"\0" + body).digest(),
        tuple(dict.fromkeys(read.by)),
        read.cursor or "",
        read.since,
        read.limit,
    )


def _check_form(kind: str, read: _Body) -> None:
    """Each kind of service takes its own members."""
    if kind in BY_KEY:
        if not read.key or len(read.key) > KEYS_LIMIT:
            raise BadCall(msgid("`key` needs between one and eight attributes."))
        if read.by or read.cursor is not None:
            raise BadCall(msgid("This service is asked by `key` alone."))
    elif read.key:
        raise BadCall(msgid("This service is not asked by `key`."))
    if kind == "aggregate" and (not 0 < len(set(read.by)) <= BY_LIMIT or not all(_is_word(name) for name in read.by)):
        raise BadCall(msgid("`by` must name one or two columns to count by."))
    if read.cursor is not None and not _is_plain(read.cursor, WORD_LIMIT):
        raise BadCall(msgid("`cursor` must be the one that came with the page before."))
    if not 0 <= read.since <= NUMBER_LIMIT:
        raise BadCall(msgid("`since` must be the number of the last change you have, or 0."))
    if not 0 < read.limit <= ROWS_LIMIT:
        raise BadCall(msgid("`limit` must lie between 1 and 1,000."))


def read_idempotency_key(header: bytes | None) -> str | None:
    """The `Idempotency-Key` header: 1 to 128 visible ASCII characters."""
    if header is None:
        return None
    if not 0 < len(header) <= 128 or not all(33 <= byte < 127 for byte in header):
        raise BadCall(msgid("`Idempotency-Key` must be 1 to 128 visible ASCII characters."))
    return header.decode("ascii")


def _is_plain(text: str, limit: int) -> bool:
    return 0 < len(text) <= limit and text.isprintable() and not text.isspace()


def _is_word(text: str) -> bool:
    return 0 < len(text) <= WORD_LIMIT and text.isprintable()
