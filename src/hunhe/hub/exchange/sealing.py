"""Secrets of subscriptions: sealed with a key that lies beside the data folder, never in it."""

import base64

from django.conf import settings

from hunhe.stone.crypto import key_file, profile


def seal(secret: str, name: str) -> str:
    """Sealed text, bound to the subscription it belongs to."""
    return base64.b64encode(profile(settings.HUNHE_CRYPTO).encrypt(_key(), secret.encode(), name.encode())).decode()


def unseal(sealed: str, name: str) -> str:
    """The secret; Invalid when it was sealed with another key or for another subscription."""
    return profile(settings.HUNHE_CRYPTO).decrypt(_key(), base64.b64decode(sealed), name.encode()).decode()


def _key() -> bytes:
    return key_file(settings.HUNHE_KEYS, "exchange.subscriptions.key", profile(settings.HUNHE_CRYPTO).new_key)
