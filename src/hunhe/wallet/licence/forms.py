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


class CopyForm(forms.Form):
    """What a use copy is for."""

    recipient = forms.CharField(
        label=_("Who gets it"), max_length=100, help_text=_("A shop, a park, an office: as it is to stand on the paper.")
    )
    purpose = forms.CharField(label=_("What for"), max_length=100)
    valid_until = forms.DateField(label=_("Last day"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
    key = forms.CharField(widget=forms.HiddenInput, max_length=100)


class ReasonForm(forms.Form):
    """Why a licence is stopped, let run again, or ended."""

    reason = forms.CharField(
        label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}), help_text=_("The holder reads it.")
    )
    expected_version = forms.IntegerField(widget=forms.HiddenInput)


class RenewForm(ReasonForm):
    """The next version."""

    valid_until = forms.DateField(
        label=_("New last day"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text=_("Empty: as before."),
    )
    key = forms.CharField(widget=forms.HiddenInput, max_length=100)
