"""Photos: the original kept as evidence, the copy to show, and whether one belongs to a problem."""

import io
from collections.abc import Sequence
from typing import IO

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from hunhe.kernel.audit import actions as audit
from hunhe.kernel.city import queries as city
from hunhe.kernel.files import actions as files
from hunhe.networks.governance import models, pictures
from hunhe.networks.governance.rules import distance_m
from hunhe.networks.governance.shapes import PhotoRole
from hunhe.stone import clock, ids
from hunhe.stone.crypto import profile
from hunhe.stone.errors import Invalid, msgid
from hunhe.stone.who import Who

LARGEST = 20 * 1024 * 1024
MOST = 6


def keep(who: Who, name: str, stream: IO[bytes], device: tuple[float, float] | None) -> models.Photo:
    """Keep a photo until it is used. The same person and bytes again, not yet used: the same photo."""
    body = stream.read(LARGEST + 1)
    if len(body) > LARGEST:
        raise Invalid("governance.photo.large", msgid("The photo is larger than 20 MB. Send a smaller one."))
    digest = profile(settings.HUNHE_CRYPTO).digest(body).hex()
    known = _unused(who).filter(digest=digest).first()
    if known is not None:
        return known
    picture = pictures.read(io.BytesIO(body), city.calendar(who=_owner(who)).zone)
    lon, lat = picture.lon, picture.lat
    placed = "exif" if lon is not None else ""
    if lon is None and device is not None:
        (lon, lat), placed = device, "device"
    try:
        with transaction.atomic():
            original = files.store(who=_owner(who), name=name, stream=io.BytesIO(body), purpose="street photo, original")
            shown = files.store(
                who=_owner(who), name=f"{original.id}.jpg", stream=io.BytesIO(picture.shown), purpose="street photo, copy"
            )
            row = models.Photo.objects.create(
                id=ids.new("pho"),
                account=who.id,
                original=original.id,
                shown=shown.id,
                digest=digest,
                width=picture.width,
                height=picture.height,
                lon=lon,
                lat=lat,
                placed=placed,
                taken_at=picture.taken_at,
                uploaded_at=clock.now(),
            )
            audit.record(
                who=who, act="governance.photo.kept", object=row.id, subject_id=who.subject_id, detail={"digest": row.digest}
            )
            return row
    except IntegrityError:
        return _unused(who).get(digest=digest)  # sent twice at the same moment


def use(who: Who, photo_ids: Sequence[str], problem: models.Problem, role: PhotoRole) -> list[models.Photo]:
    """Give the caller's own unused photos to a problem. Invalid for any other, and for a photo already used elsewhere."""
    wanted = list(dict.fromkeys(photo_ids))
    if len(wanted) > MOST:
        raise Invalid("governance.photo.many", msgid("At most %(most)s photos at once."), most=MOST)
    rows = list(_unused(who).filter(id__in=wanted))
    if len(rows) != len(wanted):
        raise Invalid("governance.photo.unknown", msgid("A photo is missing. Take it again."))
    if role == "after":
        digests = [row.digest for row in rows]
        if models.Photo.objects.filter(digest__in=digests).exclude(problem=None).exists():
            raise Invalid("governance.photo.again", msgid("This photo was used before. Take a new one at the place."))
    for row in rows:
        row.problem, row.role = problem, role
        if row.lon is not None and row.lat is not None:
            row.distance_m = round(distance_m(row.lon, row.lat, problem.lon, problem.lat))
        row.save(update_fields=["problem", "role", "distance_m"])
    return rows


def _unused(who: Who) -> QuerySet[models.Photo]:
    return models.Photo.objects.filter(account=who.id, problem=None)


def _owner(who: Who) -> Who:
    """Files belong to whoever took them and to no department: others open them through this room only."""
    return Who.system("governance", on_behalf_of=who.id)
