"""Telling departments when a grant opens, stops or ends, and when the columns behind it change at their source."""

from hunhe.hub.catalogue import queries as catalogue
from hunhe.hub.exchange import models
from hunhe.kernel.events import actions as events
from hunhe.kernel.events.shapes import Event
from hunhe.kernel.notify import actions as notify
from hunhe.stone.errors import msgid
from hunhe.stone.who import Who

_TITLES = {
    "exchange.grant.opened": msgid("A grant has been opened"),
    "exchange.grant.suspended": msgid("A grant has been suspended"),
    "exchange.grant.active": msgid("A grant runs again"),
    "exchange.grant.revoked": msgid("A grant has been revoked"),
}
_SOURCES = {
    "collect.contract.drifted": msgid("The columns of data you use have changed at the source; you read the rows of before"),
    "collect.contract.accepted": msgid("The changed columns of data you use have been accepted"),
}


def subscribe() -> None:
    for name in _TITLES:
        events.subscribe(who=Who.system("start"), name=name, subscriber="exchange", handler=tell)
    for name in _SOURCES:
        events.subscribe(who=Who.system("start"), name=name, subscriber="exchange", handler=tell_of_source)


def tell(event: Event) -> None:
    """One notice for the consumer, one for the provider; the same event again adds none."""
    grant = models.Grant.objects.filter(id=event.payload["grant"]).first()
    if grant is None:
        return
    for department in {grant.department, grant.provider}:
        notify.send(
            who=Who.system("exchange"),
            to_department=department,
            title=_TITLES[event.name],
            body=f"{grant.service} · {grant.purpose}",
            link=f"/desk/exchange/grants/{grant.id}/",
            key=f"{event.name}:{grant.id}:{event.sequence}:{department}",
        )


def tell_of_source(event: Event) -> None:
    """One notice for each running grant on the dataset, to the department that holds it."""
    who = Who.system("exchange")
    codes = catalogue.resources_of_dataset(who=who, dataset=event.payload["dataset"])
    for grant in models.Grant.objects.filter(resource__in=codes, state__in=("active", "suspended")).order_by("id"):
        notify.send(
            who=who,
            to_department=grant.department,
            title=_SOURCES[event.name],
            body=f"{grant.service} · {event.payload['name']}",
            link=f"/desk/exchange/grants/{grant.id}/",
            key=f"{event.name}:{grant.id}:{event.sequence}",
        )
