"""Items from the city's files: read, doubted, and put in force as versions that never change once used."""

import hashlib
import re
from collections.abc import Iterator, Sequence

import msgspec

from hunhe.kernel.city import queries as city
from hunhe.kernel.city.shapes import ContentFile, Doubt, Doubtful
from hunhe.networks.service import models
from hunhe.networks.service.item import Form, RatingScale, ServiceItem
from hunhe.networks.service.rules import ANSWER_NAMES, CONDITION_NAMES
from hunhe.stone import clock
from hunhe.stone.errors import Conflict, Invalid, msgid
from hunhe.stone.expressions import guard
from hunhe.stone.who import Who

RATINGS = "ratings.toml"
BASIC_CODE = re.compile(r"[0-9A-Z]{6,20}")
IMPLEMENTATION_CODE = re.compile(r"[0-9A-HJ-NPQRTUWXY]{18}[0-9A-Z]{4,24}")


def check(files: Sequence[ContentFile]) -> Iterator[Doubt]:
    """Doubts about items and their forms, each with file and key."""
    forms = {_folder(file): file for file in files if file.path.endswith("/form.json")}
    for file in files:
        if file.path.endswith("/item.toml"):
            yield from _check_item(file, forms.get(_folder(file)))
        elif file.path.endswith(f"/{RATINGS}"):
            yield from _check_scale(file)


def _folder(file: ContentFile) -> str:
    return file.path.rpartition("/")[0]


def _check_item(file: ContentFile, form_file: ContentFile | None) -> Iterator[Doubt]:
    item = file.read_as(ServiceItem)
    department, code = _folder(file).split("/")[-2:]
    if item.id != code:
        yield file.doubt("id", f"the folder is called {code}")
    if item.owner != department:
        yield file.doubt("owner", f"it lies in the folder of {department}")
    if item.limits.promised > item.limits.statutory:
        yield file.doubt("limits.promised", "more is promised than the law allows")
    if item.handling == "instant" and item.limits.promised:
        yield file.doubt("limits.promised", "what is done on the spot has no promised limit")
    if item.basic_code and not BASIC_CODE.fullmatch(item.basic_code):
        yield file.doubt("basic_code", "six to twenty digits or capitals")
    if item.implementation_code and not IMPLEMENTATION_CODE.fullmatch(item.implementation_code):
        yield file.doubt("implementation_code", "a credit code of eighteen signs, the level, then the basic code")
    if item.online == "full" and item.visits:
        yield file.doubt("visits", "what is fully online needs no visit")
    if form_file is None:
        yield file.doubt("", "it has no form.json beside it")
        return
    form = read_form(form_file)
    yield from _check_guards(file, item)
    yield from _check_materials(file, item, form)
    yield from _check_form(form_file, form)
    for key, ids in (("questions", [one.id for one in item.questions]), ("materials", [one.id for one in item.materials])):
        yield from (file.doubt(f"{key}[{n}].id", f"{one} stands here twice") for n, one in enumerate(ids) if one in ids[:n])


def _check_guards(file: ContentFile, item: ServiceItem) -> Iterator[Doubt]:
    for number, condition in enumerate(item.conditions):
        if (condition.age_from is None) == (not condition.rule):
            yield file.doubt(f"conditions[{number}]", "either an age or a rule")
        elif condition.rule:
            yield from _guarded(file, f"conditions[{number}].rule", condition.rule, CONDITION_NAMES)
    for number, material in enumerate(item.materials):
        yield from _guarded(file, f"materials[{number}].when", material.when, ANSWER_NAMES)


def _check_materials(file: ContentFile, item: ServiceItem, form: Form) -> Iterator[Doubt]:
    for number, material in enumerate(item.materials):
        for name in material.proved_by:
            if name not in form.fields or not form.fields[name].golden:
                yield file.doubt(f"materials[{number}].proved_by", f"no base fills a field {name}")
        ways = (material.proved_by, material.licence, material.upload, material.promise)
        if item.online == "full" and material.necessity == "required" and not any(ways):
            yield file.doubt(f"materials[{number}]", "what is fully online must say how this is met without coming")


def _check_form(file: ContentFile, form: Form) -> Iterator[Doubt]:
    seen: set[str] = set()
    for place, group in enumerate(form.groups):
        for number, field in enumerate(group.fields):
            key = f"groups[{place}].fields[{number}]"
            if field.id in seen:
                yield file.doubt(f"{key}.id", f"{field.id} stands here twice")
            seen.add(field.id)
            if (field.kind == "choice") != bool(field.options):
                yield file.doubt(f"{key}.options", "a choice has options, nothing else has")
            if field.required and not field.golden and field.kind in ("id_number", "division"):
                yield file.doubt(f"{key}.golden", "what the bases know is not asked (政务服务不得要求提供能共享的数据)")
            yield from _guarded(file, f"{key}.when", field.when, ANSWER_NAMES)


def _check_scale(file: ContentFile) -> Iterator[Doubt]:
    codes = [reason.code for reason in file.read_as(RatingScale).reasons]
    yield from (
        file.doubt(f"reasons[{n}].code", f"{code} stands here twice") for n, code in enumerate(codes) if code in codes[:n]
    )


def _guarded(file: ContentFile, key: str, source: str, names: frozenset[str]) -> Iterator[Doubt]:
    if source:
        try:
            guard(source, names)
        except Invalid as refusal:
            yield file.doubt(key, str(refusal))


def read_form(file: ContentFile) -> Form:
    """The form of an item; Doubtful naming what does not fit."""
    try:
        return msgspec.json.decode(file.text, type=Form)
    except msgspec.MsgspecError as error:
        message, _, key = str(error).partition(" - at `")
        raise Doubtful(file.doubt(key.rstrip("`").removeprefix("$").lstrip("."), message)) from error


def apply(who: Who, files: Sequence[ContentFile]) -> None:
    """Put every item in force in its version; one that is gone takes no new applications. Conflict when a used one changed."""
    forms = {_folder(file): file for file in files if file.path.endswith("/form.json")}
    kept = set()
    for file in files:
        if file.path.endswith("/item.toml"):
            item = file.read_as(ServiceItem)
            kept.add(item.id)
            _put_in_force(item, read_form(forms[_folder(file)]), file.path)
    models.ServiceItem.objects.filter(active=True).exclude(code__in=kept).update(active=False)


def _put_in_force(item: ServiceItem, form: Form, path: str) -> None:
    body, form_body = (msgspec.json.encode(part, order="deterministic").decode() for part in (item, form))
    digest = hashlib.sha256(f"{body}\n{form_body}".encode()).hexdigest()
    row = models.ServiceItem.objects.select_for_update().filter(code=item.id, version=item.version).first()
    same = row is not None and (row.digest == digest or (item_of(row), form_of(row)) == (item, form))
    if row is not None and row.used and not same:
        raise Conflict(
            "service.item.used",
            msgid("%(path)s: applications refer to version %(version)s, so it cannot change. Give the new text a new version."),
            path=path,
            version=item.version,
        )
    models.ServiceItem.objects.filter(code=item.id, active=True).exclude(version=item.version).update(active=False)
    if row is not None and row.used:
        models.ServiceItem.objects.filter(id=row.id).update(active=True)
        return
    said = {
        "digest": digest,
        "body": body,
        "form": form_body,
        "name": item.name,
        "words": " ".join((item.name, item.short_name, item.summary, *item.keywords)),
        "department": item.owner,
        "procedure": item.procedure,
        "active": True,
        "applied_at": clock.now(),
    }
    models.ServiceItem.objects.update_or_create(code=item.id, version=item.version, defaults=said)


def item_of(row: models.ServiceItem) -> ServiceItem:
    """The item of a stored version, read once per process."""
    return _parsed(row)[0]


def form_of(row: models.ServiceItem) -> Form:
    return _parsed(row)[1]


def _parsed(row: models.ServiceItem) -> tuple[ServiceItem, Form]:
    known = _read.get(row.digest)
    if known is None:
        known = (msgspec.json.decode(row.body, type=ServiceItem), msgspec.json.decode(row.form, type=Form))
        _read[row.digest] = known
    return known


_read: dict[str, tuple[ServiceItem, Form]] = {}


def scale() -> RatingScale:
    """How ratings are given, as the content in force says."""
    files = city.content_files(who=Who.system("service"), room="service", pattern=RATINGS)
    if not files:
        raise Invalid("service.rating.no_scale", msgid("This city has no scale of ratings."))
    return files[0].read_as(RatingScale)
