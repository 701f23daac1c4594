"""DCAT: datasets read from plain nodes (JSON-LD, DCAT-US, Turtle), entries written as DCAT-AP Turtle."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from hunhe.hub.catalogue import digests
from hunhe.hub.catalogue.ckan import Entry, code_of, digest_of
from hunhe.hub.catalogue.shapes import Category, Cycle, Link, Resource, ResourceState
from hunhe.hub.catalogue.turtle import RDF, Graph, iri, literal
from hunhe.stone.errors import Invalid, msgid

DCAT = "http://www.w3.org/ns/dcat#"
DCT = "http://purl.org/dc/terms/"
PREFIXES = {
    "dcat": DCAT,
    "dct": DCT,
    "foaf": "http://xmlns.com/foaf/0.1/",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
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
_CATEGORIES: dict[Category, str] = {"base": "基础信息资源", "theme": "主题信息资源", "department": "部门信息资源"}
FILE_TYPES = {"CSV", "JSON", "XML", "XLS", "XLSX", "ODS", "PDF", "ZIP", "HTML", "GEOJSON", "PARQUET", "TXT", "KML", "RDF"}
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
        cycle=_CYCLES.get(_word(_first(facts.get("accrualPeriodicity"))), "irregular"),
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
    nodes = [node for node in listed if isinstance(node, Mapping)] if isinstance(listed, list) else []
    named = {str(node["@id"]): node for node in nodes if "@id" in node}
    for node in nodes:
        if any(kind.endswith("Dataset") for kind in _all(node.get("@type"))):
            yield {key: _put_in_place(value, named) for key, value in node.items()}


def _put_in_place(value: Any, named: Mapping[str, Mapping[str, Any]]) -> Any:
    """A reference `{"@id": …}` to another node of the document becomes that node, and so for each of a list."""
    if isinstance(value, list):
        return [_put_in_place(part, named) for part in value]
    if isinstance(value, Mapping) and set(value) == {"@id"}:
        return named.get(str(value["@id"]), value)
    return value


@dataclass(frozen=True, slots=True)
class Place:
    """The city that publishes. base: address under which entries are named; departments: code → name."""

    base: str
    name: str
    departments: Mapping[str, str] = field(default_factory=dict)

    def agent(self, department: str) -> str:
        return iri(f"{self.base}/catalogue/departments/{quote(department)}")


def write(resources: Iterable[Resource], place: Place) -> Iterator[str]:
    """The catalogue as DCAT-AP 3 in Turtle, piece by piece: entries first, then the concepts and departments they name."""
    yield "".join(f"@prefix {name}: <{address}> .\n" for name, address in PREFIXES.items())
    catalogue, publisher = iri(f"{place.base}/catalogue"), iri(f"{place.base}/")
    yield f"\n{catalogue} a dcat:Catalog ; dct:title {literal(place.name, 'zh')} ; dct:description {literal(place.name, 'zh')} ;\n"
    yield f"  dct:publisher {publisher} ; dct:language <{AUTHORITY}language/ZHO> .\n"
    yield f"{publisher} a foaf:Agent ; foaf:name {literal(place.name, 'zh')} .\n<{AUTHORITY}language/ZHO> a dct:LinguisticSystem .\n\n"
    used, providers = set[str](), dict[str, str]()
    for resource in resources:
        name = resource.provider or place.departments.get(resource.department, resource.department)
        providers.setdefault(resource.department, name)
        yield from _dataset(resource, place, catalogue, used)
    yield from (
        f"{place.agent(code)} a foaf:Agent ; foaf:name {literal(name, 'zh')} .\n" for code, name in sorted(providers.items())
    )
    yield from (f"{concept} .\n" for concept in sorted(used))


def _dataset(resource: Resource, place: Place, catalogue: str, used: set[str]) -> Iterator[str]:
    here = iri(f"{place.base}/catalogue/{resource.code}")
    frequency = iri(f"{AUTHORITY}frequency/{_FREQUENCIES[resource.cycle]}")
    rights = iri(f"{AUTHORITY}access-right/{_RIGHTS[resource.sharing]}")
    category = iri(f"{place.base}/catalogue/categories/{resource.category}")
    used |= {f"{frequency} a dct:Frequency", f"{rights} a dct:RightsStatement", _concept(category, resource.category)}
    yield f"{catalogue} dcat:dataset {here} .\n{here} a dcat:Dataset ;\n  dct:identifier {literal(resource.code)} ;\n"
    yield f"  dct:title {literal(resource.name, 'zh')} ;\n  dct:description {literal(resource.abstract, 'zh')} ;\n"
    yield f"  dct:publisher {place.agent(resource.department)} ;\n  dcat:theme {category} ;\n"
    yield f"  dct:accrualPeriodicity {frequency} ;\n  dct:accessRights {rights} ;\n  dcat:version {literal(str(resource.rev))}"
    yield from (f" ;\n  {statement}" for statement in _details(resource, place))
    yield " .\n"
    yield from (f"{iri(address)} a foaf:Document .\n" for address in _pages(resource, place))
    yield from _distributions(resource, here, used)
    yield "\n"


def _details(resource: Resource, place: Place) -> Iterator[str]:
    """What not every entry says."""
    if resource.tags:
        yield "dcat:keyword " + ", ".join(literal(tag, "zh") for tag in resource.tags)
    if resource.published_at:
        yield f'dct:issued "{resource.published_at.isoformat()}"^^xsd:dateTime'
    if resource.updated_at:
        yield f'dct:modified "{resource.updated_at.isoformat()}"^^xsd:dateTime'
    if resource.condition:
        yield f"dct:rights [ a dct:RightsStatement ; rdfs:label {literal(resource.condition, 'zh')} ]"
    if resource.basis:
        yield f"dct:provenance [ a dct:ProvenanceStatement ; rdfs:label {literal(resource.basis, 'zh')} ]"
    for code in resource.related:
        yield f"dct:relation {iri(f'{place.base}/catalogue/{code}')}"
    for address in _pages(resource, place):
        yield f"dcat:landingPage {iri(address)}"


def _pages(resource: Resource, place: Place) -> tuple[str, ...]:
    """The page of a city's own entry; an entry written to a file without an address has none."""
    return (f"{place.base}/desk/catalogue/{resource.code}/",) if place.base.startswith("http") and not resource.origin else ()


def _distributions(resource: Resource, here: str, used: set[str]) -> Iterator[str]:
    for number, link in enumerate(resource.links):
        if not link.url.startswith(("http://", "https://")):
            continue
        there = here[:-1] + f"/links/{number}>"
        address = iri(link.url)
        used.add(f"{address} a rdfs:Resource")
        parts = [f"{here} dcat:distribution {there} .\n{there} a dcat:Distribution", f"dcat:accessURL {address}"]
        if link.name:
            parts.append(f"dct:title {literal(link.name, 'zh')}")
        if (kind := link.format.upper()) in FILE_TYPES:
            parts.append(f"dct:format <{AUTHORITY}file-type/{kind}>")
            used.add(f"<{AUTHORITY}file-type/{kind}> a dct:MediaTypeOrExtent")
        if resource.licence:
            parts.append(f"dct:license [ a dct:LicenseDocument ; dct:title {literal(resource.licence)} ]")
        yield " ; ".join(parts) + " .\n"


def _concept(address: str, category: Category) -> str:
    scheme = address.rpartition("/")[0] + ">"
    return f"{address} a skos:Concept ; skos:prefLabel {literal(_CATEGORIES[category], 'zh')} ; skos:inScheme {scheme}"


def _links(value: Any) -> Iterator[Link]:
    for node in value if isinstance(value, list) else [value]:
        if isinstance(node, Mapping):
            facts = {key.rpartition(":")[2].rpartition("#")[2].rpartition("/")[2] or key: part for key, part in node.items()}
            url = _first(facts.get("downloadURL")) or _first(facts.get("accessURL"))
            yield Link(
                name=_first(facts.get("title"))[:300],
                url=url[:1000],
                format=_word(_first(facts.get("format") or facts.get("mediaType")))[:60],
            )


def _word(text: str) -> str:
    """The last word of a concept's address; other text as it is."""
    return text.rpartition("/")[2] if text.startswith(("http://", "https://")) else text


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
