"""Forms made from the facts that a move or an opening takes."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from hunhe.kernel.flow.shapes import Fact, Move
from hunhe.stone.expressions import LONGEST_TEXT

PREFIX = "fact_"


class ListField(forms.CharField):
    """One entry a line."""

    widget = forms.Textarea(attrs={"rows": 3})

    def to_python(self, value: Any) -> Any:
        lines = (super().to_python(value) or "").splitlines()
        return [line.strip() for line in lines if line.strip()]


class TableField(forms.CharField):
    """One `name: value` a line."""

    widget = forms.Textarea(attrs={"rows": 4})

    def to_python(self, value: Any) -> Any:
        table = {}
        for line in (super().to_python(value) or "").splitlines():
            name, colon, said = line.replace("：", ":").partition(":")
            if line.strip() and not (colon and name.strip()):
                raise forms.ValidationError(gettext_lazy("Write one “name: value” a line."))
            if line.strip():
                table[name.strip()] = said.strip()
        return table


class DepartmentField(forms.CharField):
    """A department's code, chosen from the city's."""

    def __init__(self, *, departments: Sequence[tuple[str, str]] = (), **options: Any) -> None:
        super().__init__(widget=forms.Select(choices=[("", "—"), *departments]), **options)


def _number(value: float | None) -> float | int | None:
    return int(value) if value is not None and float(value).is_integer() else value


class FactsForm(forms.Form):
    """Fields for facts by kind. `facts()` gives what was filled in, as the engine takes it."""

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        wanted: Sequence[Fact],
        departments: Sequence[tuple[str, str]] = (),
        reason: bool | None = None,
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        """reason: whether a note must be given; None leaves it out."""
        super().__init__(data, initial={PREFIX + name: value for name, value in (initial or {}).items()}, auto_id="f_%s")
        self._wanted = wanted
        for fact in wanted:
            self.fields[PREFIX + fact.id] = _field(fact, departments)
        if reason is not None:
            self.fields["note"] = forms.CharField(
                label=gettext_lazy("Reason") if reason else gettext_lazy("Note"),
                widget=forms.Textarea(attrs={"rows": 3}),
                required=reason,
                max_length=2000,
            )

    def facts(self) -> dict[str, Any]:
        given: dict[str, Any] = {}
        for fact in self._wanted:
            value = self.cleaned_data.get(PREFIX + fact.id)
            if value not in (None, "", [], {}):
                given[fact.id] = _number(value) if fact.kind == "number" else str(value) if fact.kind == "date" else value
        return given

    @property
    def note(self) -> str:
        return str(self.cleaned_data.get("note", ""))


def form_of(move: Move, data: Mapping[str, Any] | None, departments: Sequence[tuple[str, str]]) -> FactsForm | None:
    """The form a move asks for; None when a press of the button is enough."""
    if not move.facts and not move.needs_reason:
        return None
    return FactsForm(data, wanted=move.facts, departments=departments, reason=move.needs_reason)


def _field(fact: Fact, departments: Sequence[tuple[str, str]]) -> forms.Field:
    options: dict[str, Any] = {"label": fact.name, "required": fact.required}
    if fact.kind == "department":
        return DepartmentField(departments=departments, **options)
    return _MAKERS[fact.kind](**options)


_MAKERS: dict[str, Callable[..., forms.Field]] = {
    "text": lambda **options: forms.CharField(max_length=LONGEST_TEXT, **options),
    "number": lambda **options: forms.FloatField(**options),
    "yes_no": lambda **options: forms.BooleanField(**options | {"required": False}),
    "date": lambda **options: forms.DateField(widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}), **options),
    "list": lambda **options: ListField(help_text=gettext_lazy("One a line."), **options),
    "table": lambda **options: TableField(help_text=gettext_lazy("One “name: value” a line."), **options),
}
