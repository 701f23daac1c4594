"""Items as stored: the version in force, or the one an application refers to."""

from hunhe.networks.service import content, models, rules
from hunhe.networks.service.shapes import ItemCard
from hunhe.stone.errors import NotFound, msgid


def active(code: str) -> models.ServiceItem:
    """The version in force. NotFound."""
    row = models.ServiceItem.objects.filter(code=code.replace("\x00", ""), active=True).first()
    if row is None:
        raise NotFound("service.item.unknown", msgid("There is no such matter, or it is not handled here any more."))
    return row


def all_active() -> list[models.ServiceItem]:
    return list(models.ServiceItem.objects.filter(active=True).order_by("department", "code"))


def procedures() -> tuple[str, ...]:
    """Every procedure that an item runs or ever ran on."""
    return tuple(models.ServiceItem.objects.values_list("procedure", flat=True).distinct().order_by("procedure"))


def card(row: models.ServiceItem) -> ItemCard:
    item = content.item_of(row)
    return ItemCard(
        code=item.id,
        version=item.version,
        name=item.name,
        short_name=item.short_name,
        department=item.owner,
        summary=item.summary,
        kind=item.kind,
        promised=item.limits.promised,
        statutory=item.limits.statutory,
        visits=item.visits,
        online_capable=rules.is_online_capable(item),
        fully_online=rules.is_fully_online(item),
    )
