"""DCAT: datasets read from plain nodes (JSON-LD, DCAT-US, Turtle), entries written as DCAT-AP Turtle."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from hunhe.hub.catalogue import digests
from hunhe.hub.catalogue.ckan import Entry, code_of, digest_of
from hunhe.hub.catalogue.shapes import Cycle, Link, Resource, ResourceState
from hunhe.hub.catalogue.turtle import RDF, Graph, iri, literal
from hunhe.stone.errors import Invalid, msgid

DCAT = "http://www.w3.org/ns/dcat#"
DCT = "http://purl.org/dc/terms/"
FOAF = "http://xmlns.com/foaf/0.1/"
AUTHORITY = "http://publications.europa.eu/resource/authority/"
_FREQUENCIES: dict[Cycle, str] = {
    "realtime": "UPDATE_CONT",
    "daily": "DAILY",
    "weekly": "WEEKLY",
    "monthly": "MONTHLY",
    "quarterly": "QUARTERLY",
    "yearly": "ANNUAL",
    "irregular": "IRREG",
}
_CYCLES: dict[str, Cycle] = {word: cycle for cycle, word in _FREQUENCIES.items()}
_RIGHTS = {"unconditional": "PUBLIC", "conditional": "RESTRICTED", "none": "NON_PUBLIC"}


def read_dataset(node: Mapping[str, Any], origin: str) -> Entry:
    """A dataset node as an entry. Keys are the local names of DCAT and Dublin Core, with or without prefix."""
    facts = {key.rpartition(":")[2].rpartition("#")[2].rpartition("/")[2] or key: value for key, value in node.items()}
    origin_id = _first(facts.get("identifier")) or _first(facts.get("@id")) or _first(facts.get("id"))
    if not origin_id:
        raise Invalid("catalogue.import.no_id", msgid("A record has neither id nor name."))
    publisher = _name(facts.get("publisher"))
    abstract = _first(facts.get("description"))
    title = _first(facts.get("title")) or origin_id
    resource = Resource(
        code=code_of(origin, digests.of_text(origin_id)[:16]),
        name=title[:300],
        department=(publisher or "unknown")[:100],
        provider=publisher[:300],
        abstract=abstract,
        format="file",
        sharing="unconditional",
        open=True,
        cycle=_CYCLES.get(_first(facts.get("accrualPeriodicity")).rpartition("/")[2], "irregular"),
        tags=tuple(dict.fromkeys(_all(facts.get("keyword"))))[:50],
        links=tuple(_links(facts.get("distribution"))),
        licence=_first(facts.get("license"))[:300],
        origin=origin,
        state=ResourceState.PUBLISHED if publisher and abstract else ResourceState.DRAFT,
    )
    return Entry(resource, origin_id[:300], digest_of(node))


def nodes_of(graph: Graph) -> Iterator[dict[str, Any]]:
    """The dataset nodes of a Turtle graph, blank nodes put in place, as JSON-LD has them."""
    for subject, facts in graph.items():
        if DCAT + "Dataset" in facts.get(RDF + "type", ()):
            yield _expanded(subject, graph, 3)


def _expanded(subject: str, graph: Graph, depth: int) -> dict[str, Any]:
    node: dict[str, Any] = {"@id": subject} if not subject.startswith("_:") else {}
    for predicate, values in graph[subject].items():
        node[predicate] = [_expanded(value, graph, depth - 1) if depth and value in graph else value for value in values]
    return node


def json_nodes(document: Any) -> Iterator[Mapping[str, Any]]:
    """The dataset nodes of JSON-LD (`@graph` or a list) or of a DCAT-US `data.json`."""
    if isinstance(document, Mapping) and isinstance(document.get("dataset"), list):
        yield from (node for node in document["dataset"] if isinstance(node, Mapping))
        return
    listed = document.get("@graph", [document]) if isinstance(document, Mapping) else document
    for node in listed if isinstance(listed, list) else ():
        kinds = _all(node.get("@type")) if isinstance(node, Mapping) else []
        if any(kind.endswith("Dataset") for kind in kinds):
            yield node


def write(resources: Iterable[Resource], base: str, title: str) -> Iterator[str]:
    """The catalogue as DCAT-AP 3 in Turtle, piece by piece. base: address under which entries are named."""
    yield f"@prefix dcat: <{DCAT}> .\n@prefix dct: <{DCT}> .\n@prefix foaf: <{FOAF}> .\n@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n\n"
    catalogue = iri(f"{base}/catalogue")
    yield f"{catalogue} a dcat:Catalog ; dct:title {literal(title, 'zh')} ; dct:description {literal(title, 'zh')} ;\n"
    yield f"  dct:publisher [ a foaf:Agent ; foaf:name {literal(title, 'zh')} ] .\n\n"
    for resource in resources:
        yield from _dataset(resource, base, catalogue)


def _dataset(resource: Resource, base: str, catalogue: str) -> Iterator[str]:
    place = iri(f"{base}/catalogue/{resource.code}")
    yield f"{catalogue} dcat:dataset {place} .\n{place} a dcat:Dataset ;\n  dct:identifier {literal(resource.code)} ;\n"
    yield f"  dct:title {literal(resource.name, 'zh')} ;\n  dct:description {literal(resource.abstract, 'zh')} ;\n"
    yield f"  dct:publisher [ a foaf:Agent ; foaf:name {literal(resource.provider or resource.department)} ] ;\n"
    yield f"  dct:accrualPeriodicity <{AUTHORITY}frequency/{_FREQUENCIES[resource.cycle]}> ;\n"
    yield f"  dct:accessRights <{AUTHORITY}access-right/{_RIGHTS[resource.sharing]}>"
    if resource.tags:
        yield " ;\n  dcat:keyword " + ", ".join(literal(tag) for tag in resource.tags)
    if resource.updated_at:
        yield f' ;\n  dct:modified "{resource.updated_at.isoformat()}"^^xsd:dateTime'
    for link in resource.links:
        if link.url.startswith(("http://", "https://")):
            named = f" ; dct:title {literal(link.name)}" if link.name else ""
            yield f" ;\n  dcat:distribution [ a dcat:Distribution ; dcat:accessURL {iri(link.url)}{named} ]"
    yield " .\n\n"


def _links(value: Any) -> Iterator[Link]:
    for node in value if isinstance(value, list) else [value]:
        if isinstance(node, Mapping):
            facts = {key.rpartition(":")[2].rpartition("#")[2].rpartition("/")[2] or key: part for key, part in node.items()}
            url = _first(facts.get("downloadURL")) or _first(facts.get("accessURL"))
            yield Link(
                name=_first(facts.get("title"))[:300],
                url=url[:1000],
                format=_first(facts.get("format") or facts.get("mediaType"))[:60],
            )


def _name(value: Any) -> str:
    node = value[0] if isinstance(value, list) and value else value
    if isinstance(node, Mapping):
        return next((_first(part) for key, part in node.items() if key.endswith("name")), "")
    return _first(node)


def _first(value: Any) -> str:
    return next(iter(_all(value)), "")


def _all(value: Any) -> list[str]:
    """Texts of a JSON-LD value: bare, in a list, or under `@value` or `@id`."""
    if isinstance(value, list):
        return [text for part in value for text in _all(part)]
    if isinstance(value, Mapping):
        return _all(value.get("@value", value.get("@id")))
    return [str(value).strip()] if isinstance(value, str | int | float) and str(value).strip() else []
