"""Digests that tell one wording of an entry from another, in the city's crypto profile."""

import json
from typing import Any

from django.conf import settings

from hunhe.stone.crypto import profile


def of_value(value: Any) -> str:
    """Of a JSON value, whatever the order of its keys; hex."""
    return of_text(json.dumps(value, ensure_ascii=False, sort_keys=True))


def of_text(text: str) -> str:
    return profile(settings.HUNHE_CRYPTO).digest(text.encode()).hex()
