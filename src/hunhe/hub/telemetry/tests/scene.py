"""What the tests play with: a source of the ecology bureau, its client, its sites, and deliveries as they come over the wire."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction

from hunhe.hub.telemetry import actions, models, queries
from hunhe.hub.telemetry.intake import Incoming, Reply, take_batches
from hunhe.hub.telemetry.rules.moments import minute_of, write_moment
from hunhe.hub.telemetry.shapes import Mode, NewSite, WarningKind
from hunhe.kernel.identity import actions as identity
from hunhe.stone import clock
from hunhe.stone.who import Who

SYSTEM = Who.system("test")
DEPARTMENT = "ecology_environment"
EAST = 480
SITES = ("PM_Taiyuanjie", "PM_US Post", "PM_Xiaoheyan")
Found = tuple[str, str, str | None, float | None]


@dataclass(frozen=True, slots=True)
class Scene:
    """A registered source and the token of its client."""

    source: str
    token: str

    def incoming(self, readings: Iterable[tuple[str, str, Any]], key: str | None = None, token: str | None = None) -> Incoming:
        """readings: (site, time, value)."""
        rows = [{"site": site, "metric": "pm25", "at": at, "value": value} for site, at, value in readings]
        body = json.dumps({"source": self.source, "readings": rows}).encode()
        return Incoming(body, token or self.token, key.encode() if key else None)

    def send(self, readings: Iterable[tuple[str, str, Any]], key: str | None = None) -> dict[str, Any]:
        """The reply to one delivery, in a group commit of its own."""
        return json.loads(self.answer(self.incoming(readings, key)).body)

    def answer(self, *deliveries: Incoming) -> Reply:
        return self.answers(*deliveries)[0]

    def answers(self, *deliveries: Incoming) -> list[Reply]:
        with transaction.atomic():
            return take_batches(deliveries)

    def warnings(self, kind: str | None = "over") -> list[Found]:
        """(site, start, end, peak) by site and start, as the API tells them."""
        return warnings_of(self.source, kind)

    def site(self, code: str) -> models.Site:
        return models.Site.objects.get(source__code=self.source, code=code)


def make_scene(code: str = "air", mode: Mode = "replay", sites: Sequence[str] = SITES, step: int = 60) -> Scene:
    made = identity.create_client(who=SYSTEM, name=code, department=DEPARTMENT)
    actions.register_source(
        who=SYSTEM,
        code=code,
        name=code,
        department=DEPARTMENT,
        client=made.client.id,
        metrics=("pm25",),
        sites=[NewSite(code=site, division="210102") for site in sites],
        mode=mode,
        step=step,
    )
    return Scene(code, made.secret)


def warnings_of(source: str, kind: WarningKind | None = "over") -> list[Found]:
    found: list[Found] = []
    cursor = None
    while True:
        page = queries.list_warnings(who=SYSTEM, source=source, kind=kind, cursor=cursor)
        found += [(item.site.code, item.start_text, item.end_text, item.peak) for item in page.items]
        cursor = page.next
        if cursor is None:
            return sorted(found, key=lambda row: row[:2])


def hours_ago(hours: float) -> str:
    """A full hour in the past, as the sources' clock shows it."""
    now = clock.now().replace(minute=0, second=0, microsecond=0)
    return write_moment(minute_of(now - timedelta(hours=hours), EAST))


def hour(number: int) -> str:
    """The hours of a series of the past."""
    return write_moment(minute_of(datetime(2013, 1, 1, tzinfo=UTC) + timedelta(hours=number), 0))
