"""The ways by which batches of changes reach a receiver."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from hunhe.hub.exchange.rules.feeding import Told
from hunhe.hub.exchange.webhook import Webhook, check_webhook


@dataclass(frozen=True, slots=True)
class Parcel:
    """One batch on its way. since: the number before its first; through: the number read up to."""

    subscription: str
    service: str
    since: int
    through: int
    changes: Sequence[Told]

    @property
    def name(self) -> str:
        """The same for the same changes, however often they are sent."""
        return f"{self.subscription}.{self.changes[0].number}-{self.changes[-1].number}"


class Way(Protocol):
    """`send` returns when the receiver has confirmed the batch, and raises OSError or a refusal otherwise."""

    def send(self, parcel: Parcel) -> None: ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Kind:
    """One way: how its address is checked (Invalid), and how a receiver is opened from address and secret."""

    check: Callable[[str], None]
    open: Callable[[str, str], Way]


WAYS: Mapping[str, Kind] = {"webhook": Kind(check_webhook, Webhook)}


def open_way(way: str, address: str, secret: str) -> Way:
    return WAYS[way].open(address, secret)
