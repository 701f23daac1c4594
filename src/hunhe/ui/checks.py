"""System check: every registered page leads somewhere."""

from typing import Any

from django.core.checks import CheckMessage, Error, register
from django.urls import NoReverseMatch, reverse

from hunhe.ui.pages import registered


@register("hunhe")
def pages_lead_somewhere(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    for page in registered():
        try:
            reverse(page.url_name)
        except NoReverseMatch:
            found.append(Error(f"page {page.label!r} names {page.url_name!r}, which is no URL", id="hunhe.E010"))
    return found
