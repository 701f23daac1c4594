"""Live examples of every component, for the page of components and for the tests that look at it."""

from datetime import timedelta
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext, gettext_lazy

from hunhe.stone import clock
from hunhe.stone.page import Page
from hunhe.ui.shapes import Branch, Side, Step, Stop


class SpecimenForm(forms.Form):
    """One field of each kind."""

    name = forms.CharField(label=gettext_lazy("Name"), help_text=gettext_lazy("As on the identity card."), max_length=40)
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"), choices=[("lookup", gettext_lazy("look-up")), ("verify", gettext_lazy("verify"))]
    )
    reason = forms.CharField(label=gettext_lazy("Reason"), widget=forms.Textarea(attrs={"rows": 2}), required=False)
    ways = forms.MultipleChoiceField(
        label=gettext_lazy("Ways"),
        choices=[("web", gettext_lazy("online")), ("desk", gettext_lazy("at the counter"))],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )


def _case() -> list[Step]:
    return [
        Step(gettext("received"), "done", "11-18"),
        Step(gettext("completed"), "done", "11-19"),
        Step(gettext("accepted"), "done", "11-20"),
        Step(gettext("review"), "now"),
        Step(gettext("decided"), "ahead"),
        Step(gettext("delivered"), "ahead"),
    ]


def _branched(count: int) -> list[Step]:
    ways = [
        Branch(gettext("Household entry"), "done", "ok", gettext("done"), gettext("Police, 15:40")),
        Branch(
            gettext("Resident insurance"), "now", "run", gettext("in review"), gettext("Insurance centre, you need do nothing")
        ),
        Branch(gettext("Social card"), "waiting", "idle", gettext("waits for insurance"), gettext("3 working days after that")),
        Branch(gettext("Birth allowance"), "ahead", "idle", gettext("not begun")),
        Branch(gettext("Vaccination record"), "ahead", "idle", gettext("not begun")),
    ]
    return [
        Step(gettext("You applied"), "done", "09:12"),
        Step(gettext("Accepted, several ways at once"), "done", "08:40", tuple(ways[:count])),
        Step(gettext("One delivery"), "ahead", gettext("by post, free")),
        Step(gettext("Please rate it"), "ahead"),
    ]


def _batch() -> list[Stop]:
    return [
        Stop(gettext("arrived"), 1_000_000, note=gettext("sent twice, taken once")),
        Stop(gettext("landed"), 1_000_000),
        Stop(gettext("checked"), 1_000_000),
        Stop(gettext("loaded"), 999_000),
        Stop(gettext("reconciled"), 999_000, "ok", gettext("source = loaded + quarantined"), gettext("0 rows apart")),
    ]


def specimens(request: HttpRequest) -> dict[str, Any]:
    """Everything the template shows."""
    now = clock.now()
    form = SpecimenForm({"name": "", "kind": "lookup"})
    form.is_valid()
    return {
        "case": _case(),
        "late": [Step(gettext("received"), "done"), Step(gettext("review"), "late"), Step(gettext("decided"), "ahead")],
        "waiting": [Step(gettext("received"), "done"), Step(gettext("hearing"), "waiting"), Step(gettext("decided"), "ahead")],
        "branched": _branched(3),
        "five": _branched(5),
        "batch": _batch(),
        "quarantine": Side(gettext("quarantined"), 1_000, 2, "#tables", gettext("back into the river once corrected")),
        "form": SpecimenForm(),
        "wrong_form": form,
        "times": {
            "started": now - timedelta(days=4),
            "soon": now + timedelta(hours=3),
            "later": now + timedelta(days=6),
            "past": now - timedelta(days=1),
            "recent": now - timedelta(seconds=40),
            "stale": now - timedelta(minutes=47),
        },
        "values": [3, 4, 9, 14, 11, 8, 9, 12, 15, 13, 14],
        "rules": [
            {"name": gettext("check digit"), "count": 412, "kind": "run", "word": gettext("day 1")},
            {"name": gettext("date in the future"), "count": 237, "kind": "you", "word": gettext("your turn")},
            {"name": gettext("empty though required"), "count": 8, "kind": "idle", "word": gettext("not opened")},
        ],
        "page": Page((1, 2, 3), "bmV4dA"),
        "tokens": [
            "ink-900",
            "ink-700",
            "ink-600",
            "ink-400",
            "ink-200",
            "ice-100",
            "ice-300",
            "ice-500",
            "glaze-500",
            "trim-600",
            "w-red",
        ],
    }
