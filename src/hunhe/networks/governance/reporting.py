"""A report comes in: it opens a case, or joins the one that is there; once per key."""

import hashlib
import json
from collections.abc import Sequence

from django.db import IntegrityError, transaction

from hunhe.kernel.audit import actions as audit
from hunhe.kernel.events import actions as events
from hunhe.kernel.flow import actions as flow
from hunhe.kernel.flow.shapes import Case
from hunhe.kernel.places import queries as places
from hunhe.networks.governance import content, following, models, photos
from hunhe.networks.governance.content import Book
from hunhe.networks.governance.rows import spot
from hunhe.networks.governance.rules import box, is_same
from hunhe.networks.governance.shapes import ProblemClass, Source, Spot
from hunhe.stone import clock, ids
from hunhe.stone.errors import Conflict, Denied, Invalid, NotFound, msgid
from hunhe.stone.who import Who

LONGEST_WORDS = 1000
LONGEST_PLACE = 200
PROCEDURE = "street_problem"


def source_of(who: Who) -> Source:
    """Denied to whoever is neither a citizen nor a patrol nor a program."""
    if who.kind == "citizen" or who.is_system:
        return "citizen"
    if who.kind == "client":
        return "open311"
    if who.holds("governance.may_patrol"):
        return "patrol"
    raise Denied("governance.report.not_yours", msgid("Citizens and patrols report problems. Your post does not."))


def report(
    who: Who,
    kind: str,
    lon: float,
    lat: float,
    words: str,
    place: str,
    photo_ids: Sequence[str],
    component: str,
    join: str,
    separate: bool,
    anonymous: bool,
    key: str,
) -> models.Report:
    source = source_of(who)
    if not 0 < len(key) <= 128:
        raise Invalid("governance.report.key", msgid("A report needs a key of at most 128 signs."))
    words, place = words.strip(), place.strip()
    if len(words) > LONGEST_WORDS or len(place) > LONGEST_PLACE or "\x00" in words + place:
        raise Invalid("governance.report.long", msgid("Say it in at most %(most)s signs."), most=LONGEST_WORDS)
    digest = _digest(kind, lon, lat, words, place, list(photo_ids), component, join, separate, anonymous)
    known = _known(who, key, digest)
    if known is not None:
        return known
    book = content.book()
    said = book.class_of(kind)
    if component:
        _known_component(component, kind)
    now = clock.now()
    try:
        with transaction.atomic():
            _wait_turn(kind)
            new = Spot(kind=kind, lon=lon, lat=lat, at=now, component=component)
            row = _joined(book, new, join, separate, who)
            joined = row is not None
            if row is None:
                row = _opened(said, new, words, place, key, who)
            made = models.Report.objects.create(
                id=ids.new("rep"),
                problem=row,
                account=who.id,
                subject_id=who.subject_id or "",
                by_name=who.name[:128],
                anonymous=anonymous,
                source=source,
                words=words,
                lon=lon,
                lat=lat,
                joined=joined,
                at=now,
                key=key,
                digest=digest,
            )
            photos.use(who, photo_ids, row, "before")
            _note(who, made, row)
            return made
    except IntegrityError:
        known = _known(who, key, digest)  # the same key at the same moment: the other one won
        if known is None:
            raise
        return known


def _opened(said: ProblemClass, new: Spot, words: str, place: str, key: str, who: Who) -> models.Problem:
    area = places.area_of(who=content.SYSTEM, lon=new.lon, lat=new.lat)
    where = " ".join(division.name for division in area.divisions)
    facts = {
        "kind": said.id,
        "kind_name": said.name,
        "limit": said.limit,
        "lon": new.lon,
        "lat": new.lat,
        "cell": area.cell.id,
        "division": where,
        "place": place or None,
        "words": words or None,
        "component": new.component or None,
    }
    case = flow.open_case(
        who=content.SYSTEM,
        procedure=PROCEDURE,
        department=None,
        facts=facts,
        origin="office",
        title=f"{said.name}，{area.smallest.name}",
        key=hashlib.sha256(f"{who.id} {key}".encode()).hexdigest(),
    )
    row = models.Problem(
        id=case.id,
        number=case.number,
        kind=said.id,
        kind_name=said.name,
        component=new.component,
        urgent=said.urgent,
        lon=new.lon,
        lat=new.lat,
        x=area.x,
        y=area.y,
        cell=area.cell.id,
        divisions=[division.code for division in area.divisions],
        district=area.divisions[0].code,
        division=area.divisions[-1].code,
        where=where[:LONGEST_PLACE],
        place=place,
        words=words,
        reported_at=new.at,
    )
    _set(row, case)
    row.save(force_insert=True)
    return row


def _set(row: models.Problem, case: Case) -> None:
    following.follow(row, case, "", case.opened_at)


def _joined(book: Book, new: Spot, join: str, separate: bool, who: Who) -> models.Problem | None:
    """The problem this report is about: the one the reporter named, else the one the rule finds unless they said it is another."""
    if join:
        row = models.Problem.objects.select_for_update().filter(id=join, kind=new.kind, live=1).first()
        if row is None:
            raise NotFound("governance.join.gone", msgid("What you wanted to join is done or gone. Report it anew."))
        return row
    if separate:
        return None
    found = [row for row in near(new, book.radius_m) if is_same(new, spot(row), book.radius_m, book.window)]
    return models.Problem.objects.select_for_update().get(id=found[0].id) if found else None


def near(new: Spot, radius_m: float) -> list[models.Problem]:
    """Live problems of the class in a box around the point, newest first."""
    west, south, east, north = box(new.lon, new.lat, radius_m)
    rows = models.Problem.objects.filter(kind=new.kind, live=1, lat__gte=south, lat__lte=north, lon__gte=west, lon__lte=east)
    return list(rows.order_by("-reported_at", "id")[:50])


def _note(who: Who, made: models.Report, row: models.Problem) -> None:
    if made.joined:
        row.reports += 1
        row.save(update_fields=["reports"])
    detail = {"problem": row.id, "joined": made.joined, "source": made.source, "anonymous": made.anonymous}
    audit.record(who=who, act="governance.report.made", object=made.id, subject_id=who.subject_id, detail=detail)
    events.publish(who=who, name="governance.report.made", aggregate=row.id, payload={"problem": row.id, "report": made.id})


def _wait_turn(kind: str) -> None:
    models.Queue.objects.get_or_create(kind=kind)
    models.Queue.objects.select_for_update().get(kind=kind)


def _known_component(code: str, kind: str) -> None:
    if not models.Component.objects.filter(code=code, kind=kind).exists():
        raise Invalid("governance.component.unknown", msgid("There is no component %(code)s of this class."), code=code)


def _known(who: Who, key: str, digest: str) -> models.Report | None:
    row = models.Report.objects.select_related("problem").filter(account=who.id, key=key).first()
    if row is not None and row.digest != digest:
        raise Conflict("governance.report.key_reused", msgid("This key has already sent another report."))
    return row


def _digest(*parts: object) -> str:
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()
