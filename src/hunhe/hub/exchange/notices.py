"""Telling departments when a grant opens, stops or ends."""

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


def subscribe() -> None:
    for name in _TITLES:
        events.subscribe(who=Who.system("start"), name=name, subscriber="exchange", handler=tell)


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
