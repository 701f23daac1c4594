"""Names in place of codes on the exchange's pages."""

from collections.abc import Mapping

from django import template

register = template.Library()


@register.filter
def named(code: str, names: Mapping[str, str]) -> str:
    """The department's name; its code where nobody knows it any more."""
    return names.get(code, code)
