"""Name and number against the population base: two attributes, failures counted per account and per number."""

from datetime import datetime

from django.conf import settings
from django.db import transaction

from hunhe.hub.bases import models, rules
from hunhe.hub.lake import queries as lake
from hunhe.kernel.audit import actions as audit
from hunhe.kernel.identity import actions as identity
from hunhe.stone import clock
from hunhe.stone.crypto import key_file, profile
from hunhe.stone.errors import Invalid, TooMany, msgid
from hunhe.stone.who import Who

BASE = "population"
REAL_NAME = 2
WHO = Who.system("bases.real_name")


def confirm(who: Who, name: str, id_number: str) -> int:
    """The caller's level afterwards."""
    number = "".join(id_number.split()).upper()
    mark = _mark(number)
    _wait_if_needed(who, mark)
    subject_id = _subject(name, number)
    if subject_id is None:
        with transaction.atomic():
            models.NameFailure.objects.create(account=who.id, number=mark, at=clock.true_now())
            audit.record(who=who, act="bases.real_name.refused", object=f"account:{who.id}")
        raise Invalid("bases.real_name.no_match", msgid("Name and number do not agree with the city's records. Check both."))
    with transaction.atomic():
        account = identity.raise_level(
            who=Who.system("bases.real_name", on_behalf_of=who.id),
            account_id=who.id,
            subject_id=subject_id,
            level=REAL_NAME,
            name=name.strip(),
        )
        audit.record(who=who, act="bases.real_name.confirmed", object=f"account:{who.id}", subject_id=subject_id)
    return account.level


def _subject(name: str, number: str) -> str | None:
    """The living person with this number, if the name is theirs."""
    if not number or not name.strip():
        return None
    rows = lake.lookup(who=WHO, table=f"base.{BASE}", key="id_number", value=number, columns=("subject_id", "name", "status"))
    alive = [row for row in rows if row["status"] != "deceased" and rules.same_name(str(row["name"] or ""), name)]
    return str(alive[0]["subject_id"]) if len(alive) == 1 else None


def _wait_if_needed(who: Who, mark: str) -> None:
    now = clock.true_now()
    for found in ({"account": who.id}, {"number": mark}):
        failures: list[datetime] = list(
            models.NameFailure.objects.filter(**found, at__gt=now - rules.WINDOW)
            .order_by("-at")
            .values_list("at", flat=True)[: rules.TRIES]
        )
        if seconds := rules.seconds_to_wait(failures, now):
            raise TooMany(
                "bases.real_name.wait", msgid("Too many tries. Try again in %(retry_after)s seconds."), retry_after=seconds
            )


def _mark(number: str) -> str:
    crypto = profile(settings.HUNHE_CRYPTO)
    key = key_file(settings.HUNHE_KEYS, "bases.failures.key", crypto.new_key)
    return crypto.keyed_digest(key, number.encode()).hex()
