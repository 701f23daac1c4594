"""Counting once for all who look: figures younger than a few seconds are shared by everybody in the process."""

import logging
import threading
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, time, timedelta

from django.conf import settings
from django.utils import timezone

from hunhe.kernel.indicators import days, registry
from hunhe.kernel.indicators.registry import Registered
from hunhe.kernel.indicators.shapes import Figure, Happening, Reading, Span, Today
from hunhe.stone import clock
from hunhe.stone.who import Who

logger = logging.getLogger(__name__)
WHO = Who.system("indicators")
NOTHING = Reading(lines=(), as_of=None)

_counting = threading.Lock()
_figures: dict[str, Figure] = {}
_happenings: dict[str, tuple[datetime, tuple[Happening, ...]]] = {}


def span_at(now: datetime) -> Span:
    """The city day that `now` belongs to."""
    midnight = datetime.combine(timezone.localtime(now).date(), time.min)
    return Span(timezone.make_aware(midnight), timezone.make_aware(midnight + timedelta(days=1)), now)


def today() -> Today:
    with _counting:
        span = span_at(clock.now())
        figures = _counted(span, registry.in_force())
        happened = [one for room in registry.happenings for one in _happened(span, room)]
    return Today(
        span=span,
        day=timezone.localtime(span.now).date(),
        figures=figures,
        happenings=tuple(sorted(happened, key=lambda one: one.at, reverse=True)),
    )


def happened_before(end: datetime | None) -> tuple[Happening, ...]:
    """What happened today before `end`, newest first: of each room its newest; not shared. A room that fails is left out."""
    span = span_at(clock.now())
    asked = replace(span, end=min(end or span.end, span.end))
    found = [one for room in registry.happenings for one in _read_happenings(asked, room) or ()]
    return tuple(sorted(found, key=lambda one: one.at, reverse=True))


def figures(ids: Iterable[str]) -> tuple[Figure, ...]:
    """In the order asked for; who asks while others count waits and shares."""
    with _counting:
        known = registry.in_force()
        return _counted(span_at(clock.now()), {name: known[name] for name in ids if name in known})


def forget() -> None:
    """Share nothing that was counted before."""
    with _counting:
        _figures.clear()
        _happenings.clear()


def _counted(span: Span, known: Mapping[str, Registered]) -> tuple[Figure, ...]:
    for name, one in known.items():
        old = _figures.get(name)
        if old is None or old.failing or not _is_shared(old.counted_at, span):
            figure = _count(one, span, old)
            yesterday = span.once("indicators.yesterday", lambda: days.day_before(span))
            withdrawn = span.once("indicators.greyed", _greyed)
            _figures[name] = replace(figure, before=yesterday.get(name), withdrawn=withdrawn.get(name, ""))
    return tuple(_figures[name] for name in known)


def _greyed() -> dict[str, str]:
    """What no longer stands on solid ground, by id; a room that cannot say greys nothing."""
    found: dict[str, str] = {}
    for room, find in registry.greyings.items():
        try:
            found.update(find())
        except Exception:  # as below
            logger.exception("%s cannot say what is withdrawn", room)
    return found


def _is_shared(at: datetime | None, span: Span) -> bool:
    """Young enough, and of the same day; also when the clock was moved."""
    return at is not None and span.start <= at <= span.now and (span.now - at).total_seconds() < settings.HUNHE_SHARED_SECONDS


def _count(one: Registered, span: Span, last: Figure | None) -> Figure:
    try:
        return count(one, span)
    except Exception:  # one room's fault must not darken the wall; its figure says that it is old
        logger.exception("indicator %s could not be counted", one.indicator.id)
        old = last if last and last.counted_at and last.counted_at >= span.start else None
        reading, cut, at = (old.reading, old.cut, old.counted_at) if old else (NOTHING, (), None)
        return Figure(indicator=one.indicator, reading=reading, cut=cut, counted_at=at, failing=True)


def count(one: Registered, span: Span) -> Figure:
    """Now, without sharing; whatever the reader raises."""
    reading = one.read(WHO, span)
    if reading.slots and not reading.values:
        reading = replace(reading, values=span.course(reading.slots))
    placed = one.by_division(WHO, span) if one.by_division else (line for line in reading.lines if line.division)
    return Figure(indicator=one.indicator, reading=reading, counted_at=span.now, cut=tuple(placed))


def _happened(span: Span, room: str) -> tuple[Happening, ...]:
    at, kept = _happenings.get(room, (None, ()))
    if _is_shared(at, span):
        return kept
    read = _read_happenings(span, room)
    if read is None:
        return kept if at and at >= span.start else ()
    _happenings[room] = span.now, read
    return read


def _read_happenings(span: Span, room: str) -> tuple[Happening, ...] | None:
    try:
        return tuple(registry.happenings[room](WHO, span))
    except Exception:  # as above
        logger.exception("happenings of %s could not be read", room)
        return None
