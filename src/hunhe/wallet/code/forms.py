"""Forms of the code's pages."""

from django import forms
from django.utils.translation import gettext_lazy as _

from hunhe.ui.choices import ChoicesForm


class RealName(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=60, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    id_number = forms.CharField(
        label=_("Identity number"), max_length=40, widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "text"})
    )


class NewTerminal(ChoicesForm):
    name = forms.CharField(
        label=_("Name of the terminal"), max_length=60, help_text=_("What people call it: South gate, Counter 3.")
    )
    place = forms.CharField(label=_("Place"), max_length=60, required=False)
    function = forms.ChoiceField(label=_("Function"))


class Place(forms.Form):
    location = forms.CharField(label=_("Address of the police's service"), max_length=500)
    secret = forms.CharField(
        label=_("Key"),
        max_length=500,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_("Leave empty to keep the one that is set."),
    )
