"""Forms of the exchange's pages."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from hunhe.hub.exchange.rules.applications import QUOTA_LIMIT
from hunhe.hub.exchange.shapes import Service


class ApplicationForm(forms.Form):
    """What a department asks of one service."""

    columns = forms.MultipleChoiceField(label=_("Columns"), widget=forms.CheckboxSelectMultiple)
    purpose = forms.CharField(label=_("Purpose"), max_length=200, help_text=_("One line, as your calls will name it."))
    basis = forms.CharField(label=_("Legal basis"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
    procedure = forms.ChoiceField(
        label=_("Procedure of your cases"),
        required=False,
        help_text=_("With a procedure, each call must name an open case about the person. Providers seldom agree without one."),
    )
    quota_per_day = forms.IntegerField(label=_("Calls per day"), min_value=1, max_value=QUOTA_LIMIT, initial=200)
    expires_on = forms.DateField(label=_("Last day"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
    hold_until = forms.DateField(
        label=_("Tell the person only from this day"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text=_("Leave empty: the person sees each use at once."),
    )
    hold_basis = forms.CharField(label=_("Legal basis for telling later"), max_length=2000, required=False)
    key = forms.CharField(widget=forms.HiddenInput, max_length=128)

    def __init__(self, *args: Any, service: Service, procedures: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        columns = self.fields["columns"]
        procedure = self.fields["procedure"]
        if isinstance(columns, forms.ChoiceField) and isinstance(procedure, forms.ChoiceField):
            columns.choices = [(column.name, column.title) for column in service.columns]
            procedure.choices = [("", _("No case is demanded")), *procedures]
        if service.subject_base is None:
            del self.fields["procedure"], self.fields["hold_until"], self.fields["hold_basis"]


class DecisionForm(forms.Form):
    """The provider's terms; the choice per column comes beside it, one field a column."""

    expected_version = forms.IntegerField(widget=forms.HiddenInput)
    quota_per_day = forms.IntegerField(label=_("Calls per day"), min_value=1, max_value=QUOTA_LIMIT)
    expires_on = forms.DateField(label=_("Last day"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
    row_filter = forms.CharField(
        label=_("Only these rows"),
        required=False,
        max_length=500,
        help_text=_('Leave empty for all rows. Conditions on columns, joined by “and”: district = "210102" and age >= 60'),
    )
    note = forms.CharField(label=_("Note to the applicant"), required=False, max_length=2000)


class ReceiverForm(forms.Form):
    """Where changes are sent."""

    name = forms.CharField(label=_("Name of the system"), max_length=80)
    address = forms.CharField(
        label=_("Address"),
        max_length=500,
        help_text=_("Begins with https://. It must answer each batch with 2xx once it is safe."),
    )


class ReasonForm(forms.Form):
    """Why a grant is stopped, or an application sent back or refused."""

    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
    expected_version = forms.IntegerField(widget=forms.HiddenInput, required=False)


def in_a_year(day: date) -> date:
    """The same day of the next year; the last of February stays in February."""
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return day.replace(year=day.year + 1, day=28)
