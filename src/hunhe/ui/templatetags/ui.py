"""Template tags and filters of the design system. Built in: no {% load %} needed."""

from django import template
from django.utils.translation import gettext

register = template.Library()


@register.filter
def state(value: str, enum: str) -> str:
    """The label of a state: `{{ case.state|state:"flow.case" }}` looks up `state.flow.case.open`."""
    name = f"state.{enum}.{value}"
    return gettext(name)
