"""One answer a line, in the reader's language."""

from dataclasses import dataclass

from django.utils.translation import gettext, ngettext

from hunhe.kernel.flow.shapes import Case
from hunhe.ui.pages import link
from hunhe.ui.shapes import StatusKind, Step
from hunhe.ui.words import day
from hunhe.wallet.mydata.shapes import Overview

STAGES = ("check", "decide")


@dataclass(frozen=True, slots=True)
class Section:
    """One question and its answer. status: shape and word at the end, if something runs or waits."""

    question: str
    answer: str
    url: str
    icon: str
    status: StatusKind | None = None
    word: str = ""


def sections_of(found: Overview | None) -> list[list[Section]]:
    """Groups of lines; rooms that the city does not have are left out."""
    groups = [_known(found), _carried(), _rights(found), _settings()]
    return [shown for group in groups if (shown := [section for section in group if section.url])]


def _known(found: Overview | None) -> list[Section]:
    if found is None:
        return [Section(gettext("Confirm my real name"), gettext("name and number, once"), link("code:real_name"), icon="id")]
    return [
        Section(gettext("Who used my data?"), _uses(found), link("exchange:uses"), icon="eye"),
        _record(found),
        Section(gettext("What did I allow?"), _consents(found), link("consent:consents"), icon="heart-handshake"),
        Section(gettext("Where do my matters stand?"), _cases(found), link("flow:mine"), icon="file-text"),
    ]


def _uses(found: Overview) -> str:
    days = found.uses
    if not days.total:
        return gettext("nobody in 30 days")
    said = ngettext("%(n)d time in 30 days", "%(n)d times in 30 days", days.given) % {"n": days.given}
    if days.refused:
        return gettext("%(said)s, %(n)d refused") % {"said": said, "n": days.refused}
    return said


def _record(found: Overview) -> Section:
    question, url = gettext("Is what is recorded right?"), link("bases:own")
    if found.fields is None:
        return Section(question, gettext("nothing recorded yet"), url, icon="id")
    answer = gettext("%(n)d entries from %(k)d registers") % {"n": found.fields, "k": found.sources}
    if found.questioned:
        word = ngettext("%(n)d being checked", "%(n)d being checked", found.questioned) % {"n": found.questioned}
        return Section(question, answer, url, icon="id", status="run", word=word)
    return Section(question, answer, url, icon="id")


def _consents(found: Overview) -> str:
    count = len(found.consents)
    return (
        ngettext("%(n)d thing, to be taken back at any time", "%(n)d things, to be taken back at any time", count)
        % {"n": count}
        if count
        else gettext("nothing at present")
    )


def _cases(found: Overview) -> str:
    count = len(found.cases)
    return ngettext("%(n)d under way", "%(n)d under way", count) % {"n": count} if count else gettext("none under way")


def _carried() -> list[Section]:
    return [
        Section(
            gettext("Which licences do I have?"),
            gettext("shown, checked, taken along"),
            link("licence:mine"),
            icon="certificate",
        ),
        Section(
            gettext("Which devices carry my code?"),
            gettext("lost one? switch it off here"),
            link("code:devices"),
            icon="device-mobile",
        ),
    ]


def _rights(found: Overview | None) -> list[Section]:
    if found is None:
        return []
    return [_copy(found), _erasure(found)]


def _copy(found: Overview) -> Section:
    question, url, export = gettext("Take a copy of everything"), link("mydata:copy"), found.export
    if export is None or export.state in ("expired", "failed"):
        return Section(question, gettext("to read, and for programs"), url, icon="package-export")
    if export.state == "waiting":
        return Section(question, gettext("being made"), url, icon="package-export", status="idle", word=gettext("a moment"))
    answer = gettext("ready until %(day)s") % {"day": day(export.until)}
    return Section(question, answer, url, icon="package-export", status="you", word=gettext("take it"))


def _erasure(found: Overview) -> Section:
    question, url, asked = gettext("Have my data erased"), link("mydata:erase"), found.erasure
    if asked is None:
        return Section(question, gettext("answered within 15 working days"), url, icon="eraser")
    if asked.case.is_open:
        return Section(question, asked.case.stage_name, url, icon="eraser", status="run", word=gettext("on its way"))
    return Section(question, gettext("answered on %(day)s") % {"day": day(asked.case.closed_at)}, url, icon="eraser")


def _settings() -> list[Section]:
    return [
        Section(
            gettext("Language and layout"), gettext("larger letters, less motion"), link("ui:settings"), icon="adjustments"
        ),
        Section(gettext("Account and sign-in"), gettext("password, devices signed in"), link("identity:account"), icon="lock"),
    ]


def steps_of(case: Case) -> list[Step]:
    """Asked → checked → decided → done."""
    labels = [gettext("Asked"), gettext("Looked through"), gettext("Decided"), gettext("Done")]
    if not case.is_open:
        labels[-1] = labels[-1] if case.outcome == "done" else case.stage_name
        return [Step(label, "done") for label in labels]
    reached = 1 + STAGES.index(case.stage) if case.stage in STAGES else 3
    if case.state == "effecting":
        reached = 3
    return [
        Step(label, "done" if place < reached else "now" if place == reached else "ahead") for place, label in enumerate(labels)
    ]
