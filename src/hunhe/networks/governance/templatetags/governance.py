"""Numbers as maps need them."""

from django import template

register = template.Library()


@register.filter
def unlocalized(value: float) -> str:
    """A coordinate with a point, whatever the reader's language writes."""
    return f"{value:.7f}".rstrip("0").rstrip(".")


@register.filter
def km(metres: int) -> str:
    """A distance: metres below one kilometre, then kilometres with one place."""
    return f"{metres} m" if metres < 1000 else f"{metres / 1000:.1f} km"
