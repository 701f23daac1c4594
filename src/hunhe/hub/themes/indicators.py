"""What themes count: how many are used and up to date, how far lineage reaches, and the numbers their content defines."""

from collections.abc import Iterator
from datetime import datetime

from hunhe.hub.lake import queries as lake
from hunhe.hub.themes import content, queries, reaching, store
from hunhe.hub.themes.shapes import Measure, Theme, ThemeState
from hunhe.kernel.indicators import actions as indicators
from hunhe.kernel.indicators.shapes import Indicator, Line, ReadFigure, Reading, Span
from hunhe.stone.errors import msgid
from hunhe.stone.who import Who
from hunhe.ui.pages import link

OWNER = "data_bureau"
USED = Indicator(
    id="themes.themes_now",
    name=msgid("Themes used"),
    caliber=msgid("Theme libraries that have published tables at least once, out of all that the city has described."),
    unit=msgid("themes"),
    numerator=msgid("themes with published tables"),
    period="now",
    owner=OWNER,
    may=queries.SEE,
)
STALE = Indicator(
    id="themes.stale_now",
    name=msgid("Themes not up to date"),
    caliber=msgid("Theme libraries whose last run failed, was held, or whose sources are broken or withdrawn."),
    unit=msgid("themes"),
    numerator=msgid("themes that say why they are not up to date"),
    period="now",
    owner=OWNER,
    may=queries.SEE,
)
COVERAGE = Indicator(
    id="themes.lineage_now",
    name=msgid("Lineage coverage"),
    caliber=msgid("Columns of published theme and base tables whose lineage was read off the SQL that made them."),
    unit="%",
    numerator=msgid("columns with lineage to a source"),
    denominator=msgid("columns of published tables"),
    kind="share",
    period="now",
    owner=OWNER,
    may=queries.SEE,
)


def register() -> None:
    start = Who.system("start")
    indicators.register_indicator(who=start, indicator=USED, read=_used)
    indicators.register_indicator(who=start, indicator=STALE, read=_stale)
    indicators.register_indicator(who=start, indicator=COVERAGE, read=_coverage)
    indicators.register_family(who=start, room="themes", find=_fed)
    indicators.register_greying(who=start, room="themes", find=reaching.greyed)


def _themes(who: Who, span: Span) -> tuple[Theme, ...]:
    return span.once("themes.themes", lambda: queries.list_themes(who=who))


def _line(theme: Theme, value: int, at: datetime | None) -> Line:
    return Line(label=theme.name, department=theme.owner, value=value, at=at, url=link("themes:theme", theme.id))


def _used(who: Who, span: Span) -> Reading:
    lines = tuple(_line(one, 1, one.run.finished_at) for one in _themes(who, span) if one.run)
    return Reading(lines=lines, as_of=span.now)


def _stale(who: Who, span: Span) -> Reading:
    good = (ThemeState.FRESH, ThemeState.NEVER)
    lines = tuple(
        _line(one, 1, one.last.finished_at if one.last else None) for one in _themes(who, span) if one.state not in good
    )
    return Reading(lines=lines, as_of=span.now)


def _coverage(who: Who, span: Span) -> Reading:
    """Of each derived table: its columns, and those of them that an edge leads to."""
    lines = []
    for one, columns in span.once("themes.columns", lambda: lake.derived_columns(who=Who.system("themes"))):
        led = {edge.column for edge in one.origin.edges}
        covered = sum(1 for column in columns if column in led or "" in led)
        lines.append(Line(label=one.table, value=covered, whole=len(columns), at=one.at, url=link("themes:themes")))
    return Reading(lines=tuple(lines), as_of=span.now)


def _fed() -> Iterator[tuple[Indicator, ReadFigure]]:
    """The numbers that the city's content lets themes feed."""
    for folder in content.folders().values():
        for one in store.measures(folder.model):
            yield _indicator(one, folder.model.owner), _reader(one)


def _indicator(one: Measure, owner: str) -> Indicator:
    return Indicator(
        id=one.id,
        name=one.name,
        caliber=one.caliber,
        unit=one.unit,
        numerator=one.caliber,
        period="now",
        owner=owner,
        may=queries.SEE,
        reads=(one.table,),
    )


def _reader(one: Measure) -> ReadFigure:
    def read(who: Who, span: Span) -> Reading:
        standings = span.once("themes.standings", store.standings)
        known = standings.get(one.theme)
        run = known.run if known else None
        found = run.values.get(one.id, ()) if run else ()
        at = run.finished_at if run else None
        url = link("themes:theme", one.theme)
        lines = tuple(
            Line(label=label or one.name, value=value, at=at, url=url, division=division) for label, division, value in found
        )
        return Reading(lines=lines, as_of=at)

    return read
