"""Numbers as people read them."""

from hunhe.kernel.indicators.shapes import Indicator
from hunhe.ui import words


def amount(indicator: Indicator, value: float | None) -> str:
    if value is None:
        return "—"
    if indicator.kind == "count":
        return words.number(int(value))
    return f"{value * 100:.1f}" if value >= 0.1 else f"{value * 100:.2f}"
