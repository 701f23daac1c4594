"""Secrets of connections: sealed with a key that lies beside the data folder, never in it."""

import base64

from django.conf import settings

from hunhe.stone.crypto import key_file, profile
from hunhe.stone.errors import Invalid, Unavailable, msgid


def seal(secret: str, name: str) -> str:
    """Sealed text, bound to the connection it belongs to."""
    crypto = profile(settings.HUNHE_CRYPTO)
    return base64.b64encode(crypto.encrypt(_key(), secret.encode(), name.encode())).decode() if secret else ""


def unseal(sealed: str, name: str) -> str:
    """The secret; Unavailable when the key folder is not the one it was sealed with."""
    if not sealed:
        return ""
    try:
        return profile(settings.HUNHE_CRYPTO).decrypt(_key(), base64.b64decode(sealed), name.encode()).decode()
    except Invalid as error:
        raise Unavailable(
            "collect.connection.key", msgid("The connection's secret was sealed with another key. Set it again.")
        ) from error


def _key() -> bytes:
    return key_file(settings.HUNHE_KEYS, "collect.connections.key", profile(settings.HUNHE_CRYPTO).new_key)
