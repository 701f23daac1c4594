"""Forms of the desk's pages on officials."""

from django import forms
from django.utils.translation import gettext_lazy as _

from hunhe.kernel.identity.days import today
from hunhe.ui.choices import ChoicesForm


def _day() -> forms.DateInput:
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class NewOfficial(ChoicesForm):
    """An account with its first post."""

    name = forms.CharField(label=_("Name"), max_length=60)
    username = forms.CharField(label=_("User name"), max_length=60, help_text=_("For signing in: wang.li"))
    post = forms.ChoiceField(label=_("Post"))


class NewPost(ChoicesForm):
    """A further post of somebody's own department."""

    post = forms.ChoiceField(label=_("Post"))
    since = forms.DateField(label=_("From"), initial=today, widget=_day())
    until = forms.DateField(
        label=_("Last day"),
        required=False,
        widget=_day(),
        help_text=_("Leave empty for an open end."),
    )


class StandInForm(ChoicesForm):
    """Who acts in one of the caller's posts, and when."""

    post = forms.ChoiceField(label=_("Your post"))
    deputy = forms.ChoiceField(label=_("Colleague"))
    since = forms.DateField(label=_("From"), initial=today, widget=_day())
    until = forms.DateField(label=_("Last day"), widget=_day(), help_text=_("At most 90 days later."))
