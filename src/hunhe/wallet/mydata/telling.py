"""Telling a person that their copy is ready."""

from datetime import datetime

from hunhe.kernel.events import actions as events
from hunhe.kernel.events.shapes import Event
from hunhe.kernel.notify import actions as notify
from hunhe.stone.errors import msgid
from hunhe.stone.who import Who


def subscribe() -> None:
    events.subscribe(who=Who.system("start"), name="consent.export.ready", subscriber="mydata", handler=tell)


def tell(event: Event) -> None:
    until = datetime.fromisoformat(event.payload["until"])
    notify.send(
        who=Who.system("mydata"),
        to_subject=event.payload["subject"],
        title=msgid("Your copy is ready"),
        body=msgid("Take it until %(day)s; then it is removed."),
        params={"day": f"{until:%Y-%m-%d}"},
        link="/mydata/copy/",
        key=f"mydata:copy:{event.payload['export']}",
    )
