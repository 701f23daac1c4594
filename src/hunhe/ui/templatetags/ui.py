"""Template tags and filters of the design system. Built in: no {% load %} needed.

What each is for, with examples: docs/explanation/look.md and /developer/components/.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django import template
from django.http import QueryDict
from django.template.context import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from hunhe.stone import clock
from hunhe.stone.page import Page
from hunhe.ui import assets, words
from hunhe.ui.drawings import draw_due, draw_river, draw_spark, draw_trunk, draw_volume
from hunhe.ui.folding import fold
from hunhe.ui.shapes import Side, Step, Stop

register = template.Library()

register.filter("n", words.number)
register.filter("day", words.day)
register.filter("written_day", words.written_day)
register.filter("basis", words.basis)
register.filter("day_name", words.day_name)
register.filter("hour", words.hour)
register.filter("moment", words.moment)


@register.filter
def state(value: str, enum: str) -> str:
    """The label of a state: `{{ case.state|state:"flow.case" }}` looks up `state.flow.case.open`."""
    return words.state(value, enum)


@register.filter
def short(digest: str) -> str:
    """The two ends of a long digest or id: 9f3a…c21e."""
    return digest if len(digest) <= 12 else f"{digest[:4]}…{digest[-4:]}"


@register.filter
def ago(value: datetime | None) -> str | SafeString:
    """The age of a moment; counts on while the page stands open."""
    if value is None:
        return words.ago(None)
    counting = " data-age" if (clock.now() - value).total_seconds() < 86_400 else ""
    return format_html('<time datetime="{}"{}>{}</time>', value.isoformat(), SafeString(counting), words.ago(value))


@register.filter
def share(part: float, whole: float) -> str:
    """A part of a whole as percentage, two significant places below one per cent."""
    if not whole:
        return "—"
    percent = part / whole * 100
    return f"{percent:.2f}%" if 0 < percent < 1 else f"{percent:.1f}%"


@register.simple_tag
def say(sentence: str, params: Mapping[str, object] | None = None) -> str:
    """A sentence that a room keeps as msgid with parameters (a notice, a refusal), in the reader's language."""
    return words.say(sentence, params)


@register.simple_tag
def asset(name: str) -> str:
    return assets.url(name)


@register.simple_tag
def icon(name: str, size: str = "") -> SafeString:
    """A Tabler icon; decorative, words always stand beside it. `size`: small or large."""
    return format_html(
        '<svg class="icon {}" aria-hidden="true" focusable="false"><use href="{}#{}"/></svg>',
        size,
        assets.url("icons.svg"),
        name,
    )


@register.simple_tag
def sign(name: str, css: str = "") -> SafeString:
    """One of the house's own signs: mark, s-ok, s-run, s-you, s-late, s-idle, s-pause, w1 to w4."""
    return format_html(
        '<svg class="{}" aria-hidden="true" focusable="false"><use href="{}#{}"/></svg>', css, assets.url("icons.svg"), name
    )


@register.simple_tag
def status(kind: str, text: object) -> SafeString:
    """Shape and word. `kind`: ok, run, you, late, idle, pause."""
    return format_html('<span class="status {}">{}{}</span>', kind, sign(f"s-{kind}"), text)


@register.simple_tag
def warning(level: int, text: object = "") -> SafeString:
    """A legal warning, 1 (red, octagon) to 4 (blue, circle)."""
    names = {1: gettext("red warning"), 2: gettext("orange warning"), 3: gettext("yellow warning"), 4: gettext("blue warning")}
    return format_html(
        '<span class="status">{}<span class="unseen">{}</span>{}</span>', sign(f"w{level}", "warning-sign"), names[level], text
    )


@register.simple_tag
def source(grade: str, text: object = "") -> SafeString:
    """Where a value is from: grade A authority, B verified, C own statement, D promise."""
    titles = {"A": gettext("authority"), "B": gettext("verified"), "C": gettext("own statement"), "D": gettext("own promise")}
    grade = grade.upper()
    return format_html(
        '<span class="source {}"><abbr title="{}">{}</abbr>{}</span>', grade.lower(), titles.get(grade, ""), grade, text
    )


@register.simple_tag
def sample() -> SafeString:
    """The mark of generated data."""
    return format_html('<span class="sample">{}</span>', gettext("sample data"))


@register.simple_tag
def dot() -> SafeString:
    """The small dot that joins two facts."""
    return SafeString('<i class="dot" aria-hidden="true"></i><span class="unseen">, </span>')


@register.simple_tag
def bar(value: float, whole: float) -> SafeString:
    """A bar beside a count, `value` of `whole`."""
    width = 0 if not whole else min(100, value / whole * 100)
    return format_html('<span class="bar" aria-hidden="true"><span style="width:{}%"></span></span>', f"{width:.1f}")


@register.simple_tag(takes_context=True)
def qs(context: Context, **changes: object) -> str:
    """The query string of this page with some parameters changed; None or empty removes one. A changed filter drops the cursor."""
    query: QueryDict = context["request"].GET.copy()
    if "cursor" not in changes:
        query.pop("cursor", None)
    for name, value in changes.items():
        query.pop(name, None)
        if value not in (None, ""):
            query[name] = str(value)
    return "?" + query.urlencode()


@register.inclusion_tag("ui/parts/river.html")
def river(steps: Sequence[Step | Mapping[str, Any]], labels: bool = True) -> dict[str, Any]:
    """The progress line. Steps in order; `labels=False` leaves the words out (they are still read aloud)."""
    return draw_river([_step(step) for step in steps]) | {"labels": labels}


@register.inclusion_tag("ui/parts/trunk.html")
def trunk(steps: Sequence[Step | Mapping[str, Any]]) -> dict[str, Any]:
    """The river standing up, with notes and branches: a case from top to bottom."""
    return draw_trunk([_step(step) for step in steps])


@register.inclusion_tag("ui/parts/volume.html")
def river_volume(stops: Sequence[Stop | Mapping[str, Any]], branch: Side | Mapping[str, Any] | None = None) -> dict[str, Any]:
    """A river with widths to scale; `branch` leaves it (quarantine) and keeps at least 4 px."""
    drawn = [stop if isinstance(stop, Stop) else Stop(**stop) for stop in stops]
    side = branch if branch is None or isinstance(branch, Side) else Side(**branch)
    return draw_volume(drawn, side)


@register.inclusion_tag("ui/parts/due.html")
def due(
    limit: datetime | None, started: datetime | None = None, text: str = "", paused: bool = False, done: bool = False
) -> dict[str, Any]:
    """A due line: the end tick is the limit, the marker moves to it and passes it as a red square."""
    return draw_due(limit, started, clock.now(), text, paused, done)


@register.inclusion_tag("ui/parts/spark.html")
def spark(values: Sequence[float]) -> dict[str, Any]:
    """A small line with a bead on its end."""
    return draw_spark(values)


@register.inclusion_tag("ui/parts/tile.html")
def tile(
    name: str,
    value: object,
    unit: str = "",
    period: str = "",
    as_of: datetime | None = None,
    fresh: int = 0,
    values: Sequence[float] = (),
    url: str = "",
    note: str = "",
    part: str = "",
    failing: bool = False,
    share: float | None = None,
    goal: float | None = None,
    goal_word: str = "",
) -> dict[str, Any]:
    """An indicator: name, value with unit, period, age. Older than `fresh` seconds, or `failing` to be counted, it is stale,
    and says so. part: its name as a part of a page that is renewed in place. share, goal: 0 to 1, shown as a bar with a tick."""
    age = (clock.now() - as_of).total_seconds() if as_of else 0
    shown = words.number(value) if isinstance(value, int | float) else value
    told = {
        "name": name,
        "value": shown,
        "unit": unit,
        "period": period,
        "as_of": as_of,
        "fresh": fresh,
        "url": url,
        "note": note,
        "part": part,
        "failing": failing,
        "share": None if share is None else round(100 * min(1.0, max(0.0, share)), 2),
        "goal": None if goal is None else round(100 * min(1.0, max(0.0, goal)), 2),
        "goal_word": goal_word,
    }
    return told | {"stale": failing or bool(fresh and age > fresh), "values": values}


@register.simple_block_tag
def table(content: str, label: str, css: str = "") -> SafeString:
    """A table from its `<thead>`, `<tbody>` and `<tfoot>`: scrolls in its own frame on a desk, folds to cards on a phone.

    label: what it lists, for screen readers. A row's own heading is a `<th>`; every column has a heading, or an empty `<td>`.
    """
    parts, folds = fold(content)
    return format_html(
        '<div class="table-wrap" tabindex="0" role="group" aria-label="{}"><table class="{}" role="table">{}</table></div>',
        label,
        " ".join(filter(None, ("table", "folds" if folds else "", css))),
        SafeString(parts),
    )


@register.inclusion_tag("ui/parts/empty.html")
def empty(sentence: str, act_url: str = "", act: str = "") -> dict[str, str]:
    """Nothing here: one sentence, at most one act."""
    return {"sentence": sentence, "act_url": act_url, "act": act}


@register.inclusion_tag("ui/parts/pager.html", takes_context=True)
def pager(context: Context, page: Page[Any]) -> dict[str, Any]:
    """Links to the first and the next page of a keyset page. Rooms read `request.GET["cursor"]`."""
    at_start = not context["request"].GET.get("cursor")
    return {"at_start": at_start, "first": qs(context, cursor=None), "next": qs(context, cursor=page.next) if page.next else ""}


@register.inclusion_tag("ui/parts/errors.html")
def errors(form: Any) -> dict[str, Any]:
    """What is wrong with a form, said once at its head; each line leads to its field."""
    return {"form": form}


@register.filter
def as_day(value: str) -> date | str:
    """A day out of JSON or CSV text; text that is no day stays."""
    try:
        return date.fromisoformat(value)
    except ValueError:
        return value


def _step(step: Step | Mapping[str, Any]) -> Step:
    return step if isinstance(step, Step) else Step(**step)
