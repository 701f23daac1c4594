"""CKAN's action API over the published entries: what its harvesters and clients call. Reading only.

An action takes the parameters of a call and gives the value of `result`. Names, parameters and fields are CKAN's own
(Action API, version 3), so that a CKAN portal, `ckanapi` and open-data sites can read this city as one of theirs.
"""

from collections.abc import Callable, Mapping
from typing import Any

from hunhe.hub.catalogue import ckan, ckan_asking, queries
from hunhe.hub.catalogue.shapes import Resource, ResourceState
from hunhe.kernel.city import queries as city
from hunhe.kernel.org import queries as org
from hunhe.stone.errors import NotFound, msgid
from hunhe.stone.who import Who

Asked = Mapping[str, Any]
Action = Callable[[Asked, str], Any]
VERSION = "2.11.0"  # of the interface that is spoken
ANYBODY = Who.anonymous()


def perform(name: str, asked: Asked, base: str) -> Any:
    """The result of one action. base: the city's address. NotFound for an action or thing that is not there."""
    action = ACTIONS.get(name)
    if action is None:
        raise NotFound("catalogue.ckan.action", msgid("There is no action %(name)s here."), name=name)
    return action(asked, base)


def _package_search(asked: Asked, base: str) -> Any:
    found = queries.packages(who=ANYBODY, sought=ckan_asking.read(asked))
    facets = {"organization": dict(found.departments)} if found.departments else {}
    items = [{"name": name, "display_name": name, "count": count} for name, count in found.departments]
    return {
        "count": found.count,
        "sort": str(asked.get("sort", "")),
        "results": [ckan.write_package(resource, base) for resource in found.resources],
        "facets": facets,
        "search_facets": {"organization": {"title": "organization", "items": items}} if items else {},
    }


def _package_list(asked: Asked, base: str) -> Any:
    whole = {"rows": ckan_asking.MOST_ROWS, "start": asked.get("offset", 0)} | (
        {"rows": asked["limit"]} if "limit" in asked else {}
    )
    return [ckan.name_of(resource.code) for resource in queries.packages(who=ANYBODY, sought=ckan_asking.read(whole)).resources]


def _packages_with_resources(asked: Asked, base: str) -> Any:
    part = {"rows": asked.get("limit", 100), "start": asked.get("offset", 0)}
    found = queries.packages(who=ANYBODY, sought=ckan_asking.read(part))
    return [ckan.write_package(resource, base) for resource in found.resources]


def _package_show(asked: Asked, base: str) -> Any:
    return ckan.write_package(_published(str(asked.get("id") or asked.get("name_or_id") or "")), base)


def _resource_show(asked: Asked, base: str) -> Any:
    wanted = str(asked.get("id", ""))
    package = ckan.write_package(_published(wanted.partition("/")[0]), base)
    for resource in package["resources"]:
        if resource["id"] == wanted:
            return resource
    raise _missing(wanted)


def _organization_list(asked: Asked, base: str) -> Any:
    organisations = _organisations()
    whole = str(asked.get("all_fields", "")).lower() in ("true", "1")
    return list(organisations.values()) if whole else list(organisations)


def _organization_show(asked: Asked, base: str) -> Any:
    wanted = str(asked.get("id", ""))
    found = _organisations().get(wanted)
    if found is None:
        raise _missing(wanted)
    return found


def _tag_list(asked: Asked, base: str) -> Any:
    return list(queries.tags(who=ANYBODY, text=str(asked.get("query", ""))[:60]))


def _status_show(asked: Asked, base: str) -> Any:
    name = city.city_facts(who=ANYBODY).name
    return {
        "ckan_version": VERSION,
        "site_url": base,
        "site_title": name,
        "site_description": name,
        "locale_default": "zh_Hans_CN",
        "extensions": [],
    }


def _nothing(asked: Asked, base: str) -> Any:
    return []


ACTIONS: dict[str, Action] = {
    "package_search": _package_search,
    "package_list": _package_list,
    "package_show": _package_show,
    "dataset_show": _package_show,
    "current_package_list_with_resources": _packages_with_resources,
    "resource_show": _resource_show,
    "organization_list": _organization_list,
    "organization_show": _organization_show,
    "tag_list": _tag_list,
    "status_show": _status_show,
    "site_read": lambda asked, base: True,
    "group_list": _nothing,
    "license_list": _nothing,
}


def _published(id_or_name: str) -> Resource:
    """An entry by its id or by its name as a package."""
    for code in (id_or_name, ckan.code_of_name(id_or_name)):
        try:
            found = queries.resource_by_code(who=ANYBODY, code=code)
        except NotFound:
            continue
        if found.state is ResourceState.PUBLISHED:
            return found
    raise _missing(id_or_name)


def _organisations() -> dict[str, dict[str, Any]]:
    names = {department.code: department.name for department in org.list_departments(who=ANYBODY)}
    return {
        count.department: {
            "id": count.department,
            "name": count.department,
            "title": names.get(count.department, count.department),
            "display_name": names.get(count.department, count.department),
            "package_count": count.published,
            "type": "organization",
            "is_organization": True,
            "state": "active",
        }
        for count in queries.count_entries(who=ANYBODY)
    }


def _missing(what: str) -> NotFound:
    return NotFound("catalogue.resource.unknown", msgid("The catalogue has no entry %(code)s."), code=what)
