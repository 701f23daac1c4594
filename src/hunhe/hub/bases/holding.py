"""What this room holds about a person: the golden record, field by field, with the values that lost."""

from django.utils.translation import gettext

from hunhe.hub.bases import records
from hunhe.hub.bases.shapes import Golden
from hunhe.kernel.consent import actions as consent
from hunhe.kernel.consent.shapes import Table
from hunhe.stone.errors import NotFound, msgid
from hunhe.stone.who import Who
from hunhe.ui import words

BASE = "population"


def register() -> None:
    consent.register_holding(who=Who.system("start"), room="bases", title=msgid("My record"), read=_read)


def _read(subject_id: str) -> tuple[Table, ...]:
    try:
        record = records.golden(BASE, subject_id)
    except NotFound:
        return ()
    return _fields(record), _rows(record)


def _fields(record: Golden) -> Table:
    columns = (
        ("field", gettext("Particular")),
        ("value", gettext("Value")),
        ("standing", gettext("Standing")),
        ("dataset", gettext("Source")),
        ("as_of", gettext("As of")),
    )
    won = [
        (
            one.title,
            one.value,
            gettext("in force"),
            one.source.dataset if one.source else "",
            one.source.as_of if one.source else "",
        )
        for one in record.fields
    ]
    lost = [
        (one.title, loser.value, gettext("not in force"), loser.source.dataset, loser.source.as_of)
        for one in record.fields
        for loser in one.losers
    ]
    return Table(name="record", title=gettext("My record"), columns=columns, rows=tuple(won + lost))


def _rows(record: Golden) -> Table:
    columns = (("dataset", gettext("Source")), ("key", gettext("Key of the row")), ("how", gettext("Joined by")))
    rows = tuple((one.dataset, one.key, words.state(one.how, "bases.how")) for one in record.links)
    return Table(name="rows", title=gettext("Rows of sources that tell of me"), columns=columns, rows=rows)
