"""Pure decisions of the catalogue: what an entry needs, which names are the same, which move leads where."""

import re
import unicodedata
from collections.abc import Iterable, Iterator

from hunhe.hub.catalogue.shapes import Finding, Format, Item, Resource, ResourceState, Way
from hunhe.stone.errors import msgid
from hunhe.stone.identifiers import uscc_holds

CODE = re.compile(r"[a-z0-9][a-z0-9_\-]*(\.[a-z0-9][a-z0-9_\-]*)*")
MOST_CODE = 120
NUMBER = re.compile(r"\d{6,30}(/\d{1,8})?")
# What is kept as a file can only be shared as a file; what is kept in a database can be asked, copied or taken out.
WAYS: dict[Format, frozenset[Way]] = {
    "file": frozenset({"file"}),
    "table": frozenset({"file", "database", "interface"}),
    "database": frozenset({"file", "database", "interface"}),
    "image": frozenset({"file"}),
    "media": frozenset({"file", "interface"}),
    "self_described": frozenset({"file", "interface"}),
    "interface": frozenset({"interface"}),
}

MOVES: dict[str, dict[ResourceState, ResourceState]] = {
    "register": {ResourceState.DRAFT: ResourceState.REGISTERED, ResourceState.CHANGING: ResourceState.REGISTERED},
    "publish": {ResourceState.REGISTERED: ResourceState.PUBLISHED},
    "refuse": {ResourceState.REGISTERED: ResourceState.DRAFT},
    "change": {ResourceState.PUBLISHED: ResourceState.CHANGING, ResourceState.RETIRED: ResourceState.CHANGING},
    "retire": {state: ResourceState.RETIRED for state in ResourceState if state is not ResourceState.RETIRED},
}


def next_state(state: ResourceState, move: str) -> ResourceState | None:
    """Where a move leads; None when it is not open from here."""
    return MOVES[move].get(state)


def same_name(text: str) -> str:
    """A name without spaces, punctuation, width and case: two names equal under it are duplicates."""
    return "".join(sign for sign in unicodedata.normalize("NFKC", text).lower() if sign.isalnum())[:200]


def findings(resource: Resource) -> Iterator[Finding]:
    """What keeps an entry from being registered (政务信息资源目录编制指南)."""
    if not CODE.fullmatch(resource.code) or len(resource.code) > MOST_CODE:
        yield Finding("code", msgid("A code is lower-case letters, digits, - and _ in words joined by dots."))
    if not resource.name.strip():
        yield Finding("name", msgid("The entry needs a name."))
    if not resource.department.strip():
        yield Finding("department", msgid("The entry needs a provider."))
    if not resource.abstract.strip():
        yield Finding("abstract", msgid("The entry needs an abstract: what is in it, and since when."))
    if resource.sharing == "none" and not resource.basis.strip():
        yield Finding("basis", msgid("Data that is not shared must cite the law that forbids it."))
    if resource.sharing == "conditional" and not resource.condition.strip():
        yield Finding("condition", msgid("Data shared on conditions must say which."))
    if resource.sharing == "none" and resource.open:
        yield Finding("open", msgid("Data that is not shared cannot be open."))
    if resource.open and held_back(resource.items):
        yield Finding("open", msgid("Data with personal, important or core items cannot be open."))
    if resource.uscc and not uscc_holds(resource.uscc):
        yield Finding("uscc", msgid("The provider's credit code does not hold: 18 signs, the last of which checks the others."))
    if resource.number and not NUMBER.fullmatch(resource.number):
        yield Finding("number", msgid("The number is the class's digits, a stroke and the serial number, as in 301001/000001."))
    if not set(resource.ways) <= WAYS[resource.format]:
        yield Finding("ways", msgid("Data in this form cannot be shared in this way."))
    names = [item.name for item in resource.items]
    if len(set(names)) != len(names):
        yield Finding("items", msgid("Two data items have the same name."))
    if resource.keys and not set(resource.keys) <= set(names):
        yield Finding("keys", msgid("A key must be one of the data items."))


def held_back(items: Iterable[Item]) -> tuple[Item, ...]:
    """Items that leave only by a governed call, never in an open or bulk copy: core and important data (GB/T 43697), personal data."""
    return tuple(item for item in items if item.level != "general" or item.sensitive != "none")


def searchable(resource: Resource) -> str:
    """Text that search looks through: name first, then department, tags, items and the beginning of the abstract."""
    parts = (
        resource.name,
        resource.provider,
        resource.department,
        *resource.tags,
        *(item.title for item in resource.items),
        resource.abstract[:500],
    )
    return folded(" ".join(parts))[:2000]


def folded(text: str) -> str:
    """Width, case and spaces made one."""
    return " ".join(unicodedata.normalize("NFKC", text).lower().split())
