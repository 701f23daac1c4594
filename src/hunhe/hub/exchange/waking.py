"""Which subscriptions have something to send, and the one job that sends it. At most one job a subscription at a time."""

from datetime import datetime

from hunhe.hub.exchange import models
from hunhe.kernel.events import actions as events
from hunhe.stone.who import Who

JOB = "exchange.push"
_SYSTEM = Who.system("exchange")


def wake_all(feed: models.Feed) -> None:
    """In the transaction that lengthens a feed: everybody who receives it and is not at work already."""
    for row in models.Subscription.objects.select_for_update().filter(feed=feed, state="active", busy=False).order_by("id"):
        start_wave(row)


def start_wave(row: models.Subscription, run_at: datetime | None = None) -> None:
    """A new job for a subscription that this transaction holds; whatever was tried before no longer counts."""
    row.wave += 1
    row.busy = True
    row.save(update_fields=["wave", "busy"])
    events.enqueue_job(
        who=_SYSTEM, kind=JOB, key=wave_key(row), payload={"subscription": row.id, "wave": row.wave}, run_at=run_at
    )


def wave_key(row: models.Subscription) -> str:
    return f"{row.id}:{row.wave}"
