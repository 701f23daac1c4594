"""Forms whose choices are known only when the page is drawn."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from django import forms

Choices = Sequence[tuple[str, str]]
"""Values with what the reader sees."""


class ChoicesForm(forms.Form):
    """choices: by field name. The named fields are choice fields; all else is Django's own."""

    def __init__(self, *arguments: Any, choices: Mapping[str, Choices], **words: Any) -> None:
        super().__init__(*arguments, **words)
        for name, offered in choices.items():
            cast("forms.ChoiceField", self.fields[name]).choices = offered
