"""Numbers, days and ages as people say them, in the language of the reader."""

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import get_language, gettext, ngettext

from hunhe.stone import clock

_UNCHECKED = re.compile("（check[^）]*）")


def in_chinese() -> bool:
    return (get_language() or "zh-hans").startswith("zh")


def say(sentence: str, params: Mapping[str, object] | None = None) -> str:
    """A sentence kept as msgid with parameters, in the reader's language; a plain name stays."""
    said = gettext(sentence) if sentence else ""
    return said % params if params else said


def _local(moment: date | datetime) -> date:
    """The day of a moment in the city."""
    return timezone.localtime(moment).date() if isinstance(moment, datetime) else moment


def today() -> date:
    return timezone.localtime(clock.now()).date()


def state(value: str, enum: str) -> str:
    """The label of a state, “open” of `flow.case` for example."""
    label = f"state.{enum}.{value}"
    return gettext(label)


def number(value: object, places: int | None = None) -> str:
    """1,234,567 in every language; a dash where there is no number."""
    if value is None or value == "":
        return "—"
    if isinstance(value, float) and places is None:
        places = 0 if value.is_integer() else 1
    if isinstance(value, int | float):
        return f"{value:,.{places or 0}f}"
    return number_format(str(value), places, use_l10n=False)


def day(moment: date | datetime | None) -> str:
    """“11月24日”, with the year when it is another one."""
    if moment is None:
        return "—"
    local = _local(moment)
    other_year = local.year != today().year
    if in_chinese():
        return (f"{local.year}年" if other_year else "") + f"{local.month}月{local.day}日"
    return date_format(local, "j F Y" if other_year else "j F")


def written_day(text: str) -> str:
    """A value that is a day, as registers write it (1960-06-13), in the reader's way; any other as it stands."""
    try:
        return day(date.fromisoformat(text)) if len(text) == len("1960-06-13") else text
    except ValueError:
        return text


def basis(text: str) -> str:
    """A legal basis for readers: the author's note of what is still to be checked, in a word."""
    return _UNCHECKED.sub("（" + gettext("to be verified") + "）", text)


def day_name(moment: date | datetime) -> str:
    """Today, yesterday, tomorrow, else the day."""
    local = _local(moment)
    near = {0: gettext("today"), -1: gettext("yesterday"), 1: gettext("tomorrow")}
    return near.get((local - today()).days) or day(local)


def hour(moment: datetime | None) -> str:
    return "—" if moment is None else timezone.localtime(moment).strftime("%H:%M")


def moment(value: datetime | None) -> str:
    return "—" if value is None else f"{day_name(value)} {hour(value)}"


def ago(value: datetime | None) -> str:
    """How long since: “40 秒前”, “3 分钟前”; beyond a day the moment itself."""
    if value is None:
        return gettext("never")
    seconds = max(0, int((clock.now() - value).total_seconds()))
    if seconds < 60:
        return ngettext("%(n)d second ago", "%(n)d seconds ago", seconds) % {"n": seconds}
    if seconds < 3600:
        return ngettext("%(n)d minute ago", "%(n)d minutes ago", seconds // 60) % {"n": seconds // 60}
    if seconds < 86_400:
        return ngettext("%(n)d hour ago", "%(n)d hours ago", seconds // 3600) % {"n": seconds // 3600}
    return moment(value)


def left(limit: datetime) -> str:
    """What is left until a limit, or how far it is passed."""
    gap = limit - clock.now()
    if gap < timedelta(0):
        return _span(-gap, gettext("%(span)s overdue"))
    if _local(limit) == today():
        return moment(limit)
    return _span(gap, gettext("%(span)s left"))


def _span(gap: timedelta, sentence: str) -> str:
    if gap >= timedelta(days=1):
        said = ngettext("%(n)d day", "%(n)d days", gap.days) % {"n": gap.days}
    elif gap >= timedelta(hours=1):
        hours = gap.seconds // 3600
        said = ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours}
    else:
        minutes = max(1, gap.seconds // 60)
        said = ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}
    return sentence % {"span": said}
