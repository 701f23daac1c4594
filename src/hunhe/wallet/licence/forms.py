"""Forms of the pages about licences."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class CheckForm(forms.Form):
    """One of two: what was typed or pasted, or a file."""

    text = forms.CharField(
        label=_("Code or credential"),
        required=False,
        max_length=16_000,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off", "spellcheck": "false"}),
        help_text=_("The link behind the QR code, or the text of a credential."),
    )
    paper = forms.FileField(
        label=_("Or the PDF"), required=False, help_text=_("As it was downloaded, not printed to PDF again. It is not kept.")
    )

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if not said.get("text", "").strip() and not said.get("paper"):
            raise forms.ValidationError(_("Type a code, paste a credential, or choose a PDF."))
        return said
