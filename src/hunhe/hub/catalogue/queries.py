"""Finding entries."""

from django.db.models import Case, Count, IntegerField, Max, Q, QuerySet, Value, When

from hunhe.hub.catalogue import ckan, dcat, models, rules, store
from hunhe.hub.catalogue.ckan_asking import Sought
from hunhe.hub.catalogue.dcat import Place
from hunhe.hub.catalogue.shapes import EntryCount, PackageSlice, Resource, ResourceState
from hunhe.kernel.city import queries as city
from hunhe.kernel.org import queries as org
from hunhe.stone.door import CROSS_DEPARTMENTS, Gate, Scope, door
from hunhe.stone.page import Page, decode_cursor
from hunhe.stone.who import Who

PAGE = 50
MOST_WORDS = 6
EDIT = "catalogue.may_edit_resources"


@door(may=Gate.PUBLIC, scope=Scope.PUBLIC)
def resource_by_code(*, who: Who, code: str) -> Resource:
    """One entry; one that is not published only for those who may edit it."""
    row = store.get(code)
    if row.state not in _visible(who, row.department):
        raise store.unknown(code)
    return store.shape(row)


@door(may=Gate.SYSTEM, scope=Scope.SYSTEM)
def keys_of_dataset(*, who: Who, dataset: str) -> tuple[str, ...]:
    """By which columns the published entries of a lake table can be asked."""
    states = (ResourceState.PUBLISHED, ResourceState.CHANGING)
    found = models.Resource.objects.filter(dataset=dataset, state__in=states).order_by("code").values_list("keys", flat=True)
    return tuple(dict.fromkeys(key for keys in found for key in keys))


@door(may=Gate.SYSTEM, scope=Scope.SYSTEM)
def resources_of_dataset(*, who: Who, dataset: str) -> tuple[str, ...]:
    """Codes of the entries that stand for a lake table, whatever their state."""
    return tuple(models.Resource.objects.filter(dataset=dataset).order_by("code").values_list("code", flat=True))


@door(may=Gate.PUBLIC, scope=Scope.PUBLIC)
def list_resources(*, who: Who, department: str | None = None, cursor: str | None = None, size: int = PAGE) -> Page[Resource]:
    """Entries by code; without a department those of all."""
    rows = _readable(who).order_by("code")
    if department:
        rows = rows.filter(department=department)
    if cursor:
        rows = rows.filter(code__gt=decode_cursor(cursor, 1)[0])
    size = max(1, min(size, 200))
    return Page.of([store.shape(row) for row in rows[: size + 1]], size, lambda resource: (resource.code,))


@door(may=Gate.PUBLIC, scope=Scope.PUBLIC)
def search(
    *, who: Who, text: str, department: str | None = None, cursor: str | None = None, size: int = PAGE
) -> Page[Resource]:
    """Entries that hold every word of `text`, those that hold them in the name first. Words are parts of text, as Chinese wants."""
    words = rules.folded(text).split()[:MOST_WORDS]
    in_name = Q()
    for word in words:
        in_name &= Q(name__icontains=word)
    rows = _readable(who)
    if department:
        rows = rows.filter(department=department)
    for word in words:
        rows = rows.filter(text__contains=word)
    ranked = rows.annotate(
        rank=Case(When(in_name, then=Value(0)), default=Value(1), output_field=IntegerField()) if words else Value(0)
    )
    if cursor:
        rank, code = decode_cursor(cursor, 2)
        ranked = ranked.filter(Q(rank__gt=rank) | Q(rank=rank, code__gt=code))
    size = max(1, min(size, 200))
    found = list(ranked.order_by("rank", "code")[: size + 1])
    page = Page.of(found, size, lambda row: (row.rank, row.code))
    return page.map(store.shape)


@door(may=Gate.PUBLIC, scope=Scope.PUBLIC)
def providers(*, who: Who) -> tuple[str, ...]:
    """Codes of the departments that have entries, at most 100."""
    return tuple(_readable(who).order_by("department").values_list("department", flat=True).distinct()[:100])


@door(may=Gate.PUBLIC, scope=Scope.PUBLIC)
def export_dcat(*, who: Who, base: str = "", code: str = "") -> str:
    """All published entries, or the one of `code`, as DCAT-AP in Turtle. base: address under which entries are named."""
    rows = models.Resource.objects.filter(state=ResourceState.PUBLISHED).order_by("code")
    if code:
        rows = rows.filter(code=code)
        if not rows.exists():
            raise store.unknown(code)
    place = Place(
        base or "urn:hunhe", city.city_facts(who=who).name, {one.code: one.name for one in org.list_departments(who=who)}
    )
    return "".join(dcat.write((store.shape(row) for row in rows.iterator(500)), place))


@door(may=Gate.PUBLIC, scope=Scope.PUBLIC)
def packages(*, who: Who, sought: Sought) -> PackageSlice:
    """For CKAN's harvesters, whose protocol counts and skips: how many published entries there are, and a part of them."""
    found = _sought(models.Resource.objects.filter(state=ResourceState.PUBLISHED), sought)
    departments = found.values_list("department").annotate(count=Count("code")).order_by("department")
    part = found.order_by(sought.order, "code")[sought.start : sought.start + sought.rows]
    return PackageSlice(
        count=found.count(),
        resources=tuple(store.shape(row) for row in part),
        departments=tuple(departments) if sought.facets else (),
    )


@door(may=Gate.PUBLIC, scope=Scope.PUBLIC)
def tags(*, who: Who, text: str = "") -> tuple[str, ...]:
    """Words that published entries are filed under, those that hold `text`, at most 1,000 in order."""
    lists = models.Resource.objects.filter(state=ResourceState.PUBLISHED).exclude(tags=[]).values_list("tags", flat=True)
    words = {word for listed in lists.iterator(500) for word in listed if text in word}
    return tuple(sorted(words)[:1000])


@door(may=EDIT, scope=Scope.CITY)
def waiting(*, who: Who, cursor: str | None = None) -> Page[Resource]:
    """Entries that wait for publication."""
    rows = models.Resource.objects.filter(state=ResourceState.REGISTERED).order_by("code")
    if cursor:
        rows = rows.filter(code__gt=decode_cursor(cursor, 1)[0])
    return Page.of([store.shape(row) for row in rows[: PAGE + 1]], PAGE, lambda resource: (resource.code,))


def _visible(who: Who, department: str) -> frozenset[str]:
    if who.is_system or (who.holds(EDIT) and (department == who.department or who.holds(CROSS_DEPARTMENTS))):
        return frozenset(ResourceState)
    return frozenset({ResourceState.PUBLISHED, ResourceState.CHANGING})


def _readable(who: Who) -> "QuerySet[models.Resource]":
    if who.is_system or (who.holds(EDIT) and who.holds(CROSS_DEPARTMENTS)):
        return models.Resource.objects.exclude(state=ResourceState.RETIRED)
    shown = Q(state__in=(ResourceState.PUBLISHED, ResourceState.CHANGING))
    if who.holds(EDIT):
        shown |= Q(department=who.department) & ~Q(state=ResourceState.RETIRED)
    return models.Resource.objects.filter(shown)


@door(may=Gate.PUBLIC, scope=Scope.PUBLIC)
def count_entries(*, who: Who) -> tuple[EntryCount, ...]:
    """Entries in use by department, in one query; those being changed still are."""
    rows = models.Resource.objects.filter(state__in=("published", "changing")).values("department").order_by("department")
    shared = ~Q(sharing="none") & ~Q(dataset="") & ~Q(keys=[])
    counted = rows.annotate(published=Count("code"), callable=Count("code", filter=shared), last=Max("published_at"))
    return tuple(
        EntryCount(department=row["department"], published=row["published"], callable=row["callable"], last_at=row["last"])
        for row in counted
    )


def _sought(rows: "QuerySet[models.Resource]", sought: Sought) -> "QuerySet[models.Resource]":
    for word in rules.folded(sought.text).split()[:MOST_WORDS]:
        rows = rows.filter(text__contains=word)
    if sought.departments:
        rows = rows.filter(department__in=sought.departments)
    if sought.names:
        rows = rows.filter(code__in=[code for name in sought.names for code in (name, ckan.code_of_name(name))])
    for tag in sought.tags:
        rows = rows.filter(text__contains=rules.folded(tag))
    if sought.since:
        rows = rows.filter(updated_at__gte=sought.since)
    if sought.until:
        rows = rows.filter(updated_at__lte=sought.until)
    return rows.exclude(department__in=sought.not_departments)
