"""How often one caller may check within a minute: a public page must not become a way to try codes."""

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.http import HttpRequest

from hunhe.stone import clock
from hunhe.stone.crypto import key_file, profile
from hunhe.stone.errors import TooMany, msgid
from hunhe.stone.who import Who
from hunhe.wallet.licence import models

STRANGERS = 60
KNOWN = 600
_MINUTE = 60
_KEPT_MINUTES = 10


def admit(request: HttpRequest, who: Who) -> None:
    """Count one check; TooMany beyond what this caller may do in a minute."""
    known = who.kind in ("official", "client")
    caller = who.id if known else str(request.META.get("REMOTE_ADDR", ""))
    if _counted(caller) > (KNOWN if known else STRANGERS):
        raise TooMany(
            "licence.verification.rate", msgid("Too many checks in one minute. Try again in a minute."), retry_after=_MINUTE
        )


def _counted(caller: str) -> int:
    """How many checks this caller has made in this minute, this one included."""
    crypto = profile(settings.HUNHE_CRYPTO)
    secret = key_file(settings.HUNHE_KEYS, "licence.meter.key", crypto.new_key)
    address = crypto.keyed_digest(secret, caller.encode()).hex()
    minute = int(clock.true_now().timestamp()) // _MINUTE
    with transaction.atomic():
        row, created = models.Meter.objects.get_or_create(address=address, minute=minute, defaults={"count": 1})
        if created:
            models.Meter.objects.filter(minute__lt=minute - _KEPT_MINUTES).delete()
            return 1
        models.Meter.objects.filter(pk=row.pk).update(count=F("count") + 1)
        return row.count + 1
