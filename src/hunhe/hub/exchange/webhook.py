"""Batches by HTTP POST: CloudEvents in a JSON array, signed as Standard Webhooks wants it."""

import base64
import http.client
import ssl
from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult, urlsplit

import msgspec
from django.conf import settings

from hunhe.stone import clock
from hunhe.stone.crypto import profile
from hunhe.stone.errors import Invalid, Unavailable, msgid

if TYPE_CHECKING:
    from hunhe.hub.exchange.rules.feeding import Told
    from hunhe.hub.exchange.ways import Parcel

SECRET = "whsec_"  # noqa: S105  # how such secrets begin
SECONDS = 10.0
_TYPE = "application/cloudevents-batch+json; charset=utf-8"
_LOCAL = frozenset({"127.0.0.1", "localhost", "::1"})
_encode = msgspec.json.Encoder(enc_hook=str).encode


def new_secret() -> str:
    return SECRET + base64.b64encode(profile(settings.HUNHE_CRYPTO).new_key()).decode()


def check_webhook(address: str) -> None:
    """An https address; plain http only to this very machine."""
    if not _is_safe(address):
        raise Invalid("exchange.subscription.address", msgid("Give an address that begins with https://."))


def _is_safe(address: str) -> bool:
    try:
        parts = urlsplit(address)
        parts.port  # noqa: B018  # raises when it is no number
    except ValueError:
        return False
    if not parts.hostname or "@" in parts.netloc or not address.isascii() or not address.isprintable() or " " in address:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOCAL)


def sign(secret: str, name: str, moment: int, body: bytes) -> str:
    """The header `webhook-signature`: version and keyed digest over name, moment and body."""
    crypto = profile(settings.HUNHE_CRYPTO)
    key = base64.b64decode(secret.removeprefix(SECRET))
    digest = crypto.keyed_digest(key, b".".join((name.encode(), str(moment).encode(), body)))
    version = "v1" if crypto.name == "intl" else f"v1{crypto.name}"
    return f"{version},{base64.b64encode(digest).decode()}"


def cloud_events(parcel: "Parcel") -> bytes:
    return _encode([_cloud_event(parcel, change) for change in parcel.changes])


def _cloud_event(parcel: "Parcel", change: "Told") -> dict[str, Any]:
    event = {
        "specversion": "1.0",
        "id": f"{parcel.subscription}.{change.number}",
        "source": f"/exchange/v1/{parcel.service}",
        "type": f"hunhe.exchange.row.{change.kind}",
        "subject": change.record,
        "time": change.at.isoformat(),
        "datacontenttype": "application/json",
        "sequence": str(change.number),
        "dataversion": change.version,
    }
    return event if change.data is None else {**event, "data": change.data}


class Webhook:
    """One receiver, over one connection while it lasts. Redirects are not followed."""

    def __init__(self, address: str, secret: str) -> None:
        self._parts, self._secret = urlsplit(address), secret
        self._connection = _connection(self._parts)

    def send(self, parcel: "Parcel") -> None:
        """Any answer but 2xx is a failure, named by its status."""
        body, moment = cloud_events(parcel), int(clock.true_now().timestamp())
        headers = {
            "content-type": _TYPE,
            "webhook-id": parcel.name,
            "webhook-timestamp": str(moment),
            "webhook-signature": sign(self._secret, parcel.name, moment, body),
        }
        path = (self._parts.path or "/") + (f"?{self._parts.query}" if self._parts.query else "")
        try:
            self._connection.request("POST", path, body, headers)
            answer = self._connection.getresponse()
            answer.read(65_536)
        except http.client.HTTPException as error:
            self._connection.close()
            raise Unavailable("exchange.push.answer", msgid("The receiver did not answer as HTTP.")) from error
        except OSError:
            self._connection.close()
            raise
        if not 200 <= answer.status < 300:
            self._connection.close()
            raise Unavailable(
                "exchange.push.status", msgid("The receiver answered with status %(status)s."), status=answer.status
            )

    def close(self) -> None:
        self._connection.close()


def _connection(parts: SplitResult) -> http.client.HTTPConnection:
    host = parts.hostname or ""
    if parts.scheme == "https":
        return http.client.HTTPSConnection(host, parts.port, timeout=SECONDS, context=ssl.create_default_context())
    return http.client.HTTPConnection(host, parts.port, timeout=SECONDS)
