"""Forms of the desk's pages on officials."""

from collections.abc import Sequence

from django import forms
from django.utils.translation import gettext_lazy as _

from hunhe.kernel.identity.days import today

Choices = Sequence[tuple[str, str]]


def _day() -> forms.DateInput:
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class NewOfficial(forms.Form):
    """An account with its first post."""

    name = forms.CharField(label=_("Name"), max_length=60)
    username = forms.CharField(label=_("User name"), max_length=60, help_text=_("For signing in: wang.li"))
    post = forms.ChoiceField(label=_("Post"))

    def __init__(self, *arguments: object, posts: Choices, **words: object) -> None:
        super().__init__(*arguments, **words)  # type: ignore[arg-type]  # as Django's own
        self.fields["post"].choices = posts  # type: ignore[attr-defined]  # a ChoiceField's


class NewPost(forms.Form):
    """A further post of somebody's own department."""

    post = forms.ChoiceField(label=_("Post"))
    since = forms.DateField(label=_("From"), initial=today, widget=_day())
    until = forms.DateField(
        label=_("Last day"),
        required=False,
        widget=_day(),
        help_text=_("Leave empty for an open end."),
    )

    def __init__(self, *arguments: object, posts: Choices, **words: object) -> None:
        super().__init__(*arguments, **words)  # type: ignore[arg-type]  # as Django's own
        self.fields["post"].choices = posts  # type: ignore[attr-defined]  # a ChoiceField's


class StandInForm(forms.Form):
    """Who acts in one of the caller's posts, and when."""

    post = forms.ChoiceField(label=_("Your post"))
    deputy = forms.ChoiceField(label=_("Colleague"))
    since = forms.DateField(label=_("From"), initial=today, widget=_day())
    until = forms.DateField(label=_("Last day"), widget=_day(), help_text=_("At most 90 days later."))

    def __init__(self, *arguments: object, posts: Choices, colleagues: Choices, **words: object) -> None:
        super().__init__(*arguments, **words)  # type: ignore[arg-type]  # as Django's own
        self.fields["post"].choices = posts  # type: ignore[attr-defined]  # a ChoiceField's
        self.fields["deputy"].choices = colleagues  # type: ignore[attr-defined]  # a ChoiceField's
