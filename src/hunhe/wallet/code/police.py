"""The police's liveness service over HTTP: ask, look for the answer. Called by jobs only; bounded in time and size.

`POST {location}/liveness` {reference, id_number, name} → {ticket, page}; `GET {location}/liveness/{ticket}` →
{reference, state: waiting | passed | failed}. The key goes as `X-Api-Key`.
"""

import json
import re
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlsplit

from hunhe.stone.errors import Unavailable, msgid

SECONDS = 5.0
LARGEST = 16_384
_TICKET = re.compile(r"[A-Za-z0-9_-]{8,80}")
Answer = Literal["waiting", "passed", "failed"]


@dataclass(frozen=True, slots=True)
class Police:
    """Where the service is, and our key to it."""

    location: str
    secret: str

    def ask(self, reference: str, name: str, id_number: str) -> tuple[str, str]:
        """(ticket, page where the person looks into the camera). Unavailable when it does not answer as agreed."""
        said = self._call("POST", "/liveness", {"reference": reference, "name": name, "id_number": id_number})
        ticket, page = str(said.get("ticket", "")), str(said.get("page", ""))
        if not _TICKET.fullmatch(ticket) or not self._is_own(page) or len(page) > 500:
            raise _strange()
        return ticket, page

    def answer(self, ticket: str, reference: str) -> Answer:
        said = self._call("GET", f"/liveness/{ticket}")
        state = said.get("state")
        if said.get("reference") != reference or state not in ("waiting", "passed", "failed"):
            raise _strange()
        return state  # type: ignore[no-any-return]  # one of the three

    def _is_own(self, page: str) -> bool:
        """A page of the service itself: the city sends people nowhere else."""
        here, there = urlsplit(self.location), urlsplit(page)
        return (here.scheme, here.netloc) == (there.scheme, there.netloc)

    def _call(self, method: str, path: str, body: dict[str, str] | None = None) -> dict[str, Any]:
        import httpx

        try:
            with (
                httpx.Client(timeout=SECONDS, follow_redirects=False, headers={"X-Api-Key": self.secret}) as client,
                client.stream(method, self.location.rstrip("/") + path, json=body) as reply,
            ):
                if reply.status_code not in (200, 201):
                    raise _strange()
                return _read(reply)
        except httpx.HTTPError as error:
            raise Unavailable(
                "code.police.down", msgid("The police's service does not answer. It will be tried again.")
            ) from error


def _read(reply: Any) -> dict[str, Any]:
    """The JSON object, never more than `LARGEST` bytes of it."""
    raw = b""
    for part in reply.iter_bytes():
        raw += part
        if len(raw) > LARGEST:
            raise _strange()
    try:
        said = json.loads(raw)
    except ValueError as error:
        raise _strange() from error
    if not isinstance(said, dict):
        raise _strange()
    return said


def _strange() -> Unavailable:
    return Unavailable("code.police.strange", msgid("The police's service does not answer as agreed. It will be tried again."))
