"""Where the outside world finds what a paper or a credential points to."""

from django.conf import settings
from django.urls import reverse

SAME_MACHINE = "http://127.0.0.1:8000"


def origin() -> str:
    """The city's public origin; this machine's where none is set."""
    return (settings.HUNHE_ORIGIN or SAME_MACHINE).rstrip("/")


def verify_link(code: str) -> str:
    return origin() + reverse("licence:verify", args=[code])


def status_link(part: int) -> str:
    return origin() + f"/api/v1/licence/status/{part}"


def kind_link(kind: str) -> str:
    return origin() + f"/api/v1/licence/types/{kind}"
