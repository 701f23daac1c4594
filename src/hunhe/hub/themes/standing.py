"""How themes stand: moved by their own runs and by what happens upstream. A theme that cannot be trusted says why."""

from collections.abc import Iterable, Sequence

from hunhe.hub.themes import content, models
from hunhe.hub.themes.shapes import RunState, ThemeState, Why
from hunhe.kernel.notify import actions as notify
from hunhe.stone import clock
from hunhe.stone.errors import msgid
from hunhe.stone.who import Who
from hunhe.ui.pages import link

WHO = Who.system("themes")
SEE = "themes.may_see"
UPSTREAM = msgid("The theme %(theme)s above it is not up to date.")
NOTHING = msgid("Nothing has been loaded into %(table)s yet.")
NO_RIGHT = msgid("%(department)s has no right to %(columns)s.")
BROKEN_LIST = msgid("The newest batch of %(table)s did not get through. These rows are from the one before.")
BROKEN_BASE = msgid("The newest build of %(table)s failed. These rows are from the one before.")
NOTICE = msgid("The theme %(theme)s was not renewed")


def ended(row: models.Run, why: Why, stands: ThemeState | None) -> None:
    """In the transaction that ends a run: what readers find from now on, and a notice for the owner where it did not go well."""
    state = stands or {RunState.DONE: ThemeState.FRESH}.get(RunState(row.state), ThemeState.FAILED)
    known = models.Standing.objects.filter(theme=row.theme).first() or models.Standing(theme=row.theme)
    if row.state == RunState.DONE:
        known.run = row
    known.last = row
    _set(known, state, why)
    if state not in (ThemeState.FRESH, ThemeState.NEVER):
        _tell(row.theme, row.id, why)


def fresh_again(theme: str) -> None:
    """Nothing has changed since the run in force: it stands as it did."""
    known = models.Standing.objects.filter(theme=theme, run__isnull=False).exclude(state=ThemeState.FRESH).first()
    if known is not None:
        _set(known, ThemeState.FRESH, Why())


def mark(themes: Iterable[str], state: ThemeState, why: Why, cause: str) -> None:
    """Themes whose ground has moved; those that never ran have nothing to mark."""
    for known in models.Standing.objects.filter(theme__in=list(themes), run__isnull=False):
        if (known.state, known.why, known.why_params) != (state, why.text, dict(why.params)):
            _set(known, state, why)
            _tell(known.theme, cause, why)


def broken_above(themes: Iterable[str]) -> str | None:
    """One of these that is not fresh, by name."""
    fresh = set(models.Standing.objects.filter(state=ThemeState.FRESH).values_list("theme", flat=True))
    broken = sorted(set(themes) - fresh)
    return content.folder(broken[0]).model.name if broken else None


def upstream(name: str) -> Why:
    return Why(text=UPSTREAM, params={"theme": name})


def nothing_in(table: str) -> Why:
    return Why(text=NOTHING, params={"table": table})


def no_right(department: str, columns: Sequence[tuple[str, str]]) -> Why:
    shown = ", ".join(f"{table}.{column}" for table, column in columns[:3]) + (" …" if len(columns) > 3 else "")
    return Why(text=NO_RIGHT, params={"department": department, "columns": shown})


def _set(known: models.Standing, state: ThemeState, why: Why) -> None:
    known.state, known.why, known.why_params, known.at = state, why.text, dict(why.params), clock.now()
    known.save()


def _tell(theme: str, cause: str, why: Why) -> None:
    model = content.folder(theme).model
    notify.send(
        who=WHO,
        title=NOTICE,
        key=f"themes:{theme}:{cause}",
        body=why.text,
        link=link("themes:theme", theme),
        params={"theme": model.name, **why.params},
        to_department=model.owner,
        to_permission=SEE,
    )
