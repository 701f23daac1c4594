"""Where outside services are reached. Operators set it; the secret is sealed with a key that lies beside the data folder."""

import base64
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction

from hunhe.kernel.audit import actions as audit
from hunhe.stone import clock
from hunhe.stone.crypto import key_file, profile
from hunhe.stone.errors import Invalid, NotFound, Unavailable, msgid
from hunhe.stone.who import Who
from hunhe.wallet.code import models
from hunhe.wallet.code.police import Police
from hunhe.wallet.code.shapes import Connection

NAMES = ("liveness",)


def set_place(who: Who, name: str, location: str, secret: str) -> Connection:
    """An empty secret keeps the one that is there."""
    if name not in NAMES:
        raise NotFound("code.connection.unknown", msgid("There is no connection of that name."))
    place = urlsplit(location.strip())
    if place.scheme not in ("http", "https") or not place.hostname or len(location) > 500 or place.query or place.username:
        raise Invalid("code.connection.location", msgid("Give an address that begins with https:// or http://."))
    with transaction.atomic():
        row = models.Connection.objects.filter(pk=name).first() or models.Connection(name=name)
        row.location, row.set_by, row.set_at = location.strip(), who.id, clock.now()
        row.secret = _seal(secret, name) if secret else row.secret
        row.save()
        audit.record(who=who, act="code.connection.set", object=f"connection:{name}", detail={"location": row.location})
    return shape(row)


def location(name: str) -> str:
    """Unavailable while nobody has set it."""
    return _row(name).location


def police(name: str) -> Police:
    row = _row(name)
    return Police(row.location, _unseal(row.secret, name))


def shape(row: models.Connection) -> Connection:
    return Connection(row.name, row.location, bool(row.secret), row.set_at)


def _row(name: str) -> models.Connection:
    row = models.Connection.objects.filter(pk=name).first()
    if row is None:
        raise Unavailable(
            "code.connection.none", msgid("The police's service is not connected yet. Your code works at level 2 meanwhile.")
        )
    return row


def _seal(secret: str, name: str) -> str:
    return base64.b64encode(profile(settings.HUNHE_CRYPTO).encrypt(_key(), secret.encode(), name.encode())).decode()


def _unseal(sealed: str, name: str) -> str:
    if not sealed:
        return ""
    try:
        return profile(settings.HUNHE_CRYPTO).decrypt(_key(), base64.b64decode(sealed), name.encode()).decode()
    except Invalid as error:
        raise Unavailable(
            "code.connection.key", msgid("The connection's secret was sealed with another key. Set it again.")
        ) from error


def _key() -> bytes:
    return key_file(settings.HUNHE_KEYS, "code.connections.key", profile(settings.HUNHE_CRYPTO).new_key)
