"""What the front page shows one person at one moment."""

from dataclasses import dataclass
from datetime import datetime

from hunhe.hub.exchange.shapes import UseDays
from hunhe.kernel.flow.shapes import Case
from hunhe.kernel.notify.shapes import Notice
from hunhe.networks.service.shapes import Draft
from hunhe.ui.shapes import Step


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnCase:
    """One of the person's cases with its river; yours: the next step is the person's own."""

    case: Case
    steps: tuple[Step, ...]
    yours: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Front:
    """The front page. drafts: begun and not sent. uses: None until the person's name is confirmed. more_cases: there are more than
    shown.
    """

    now: datetime
    drafts: tuple[Draft, ...]
    cases: tuple[OwnCase, ...]
    more_cases: bool
    notices: tuple[Notice, ...]
    uses: UseDays | None

    @property
    def turns(self) -> int:
        return len(self.drafts) + sum(own.yours for own in self.cases)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One thing found. kind: data or case."""

    title: str
    note: str
    url: str
    icon: str
