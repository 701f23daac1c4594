"""What passes through the doors of mydata."""

from dataclasses import dataclass
from datetime import date, datetime

from hunhe.hub.exchange.shapes import UseDays
from hunhe.kernel.consent.shapes import Consent, Erased, Export, Holding
from hunhe.kernel.flow.shapes import Case


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """A person's data at a glance. fields, sources: of their record in the population base, None where there is none yet.

    questioned: corrections of the record that run. consents: those that stand. cases: those that run.
    """

    uses: UseDays
    fields: int | None
    sources: int
    consents: tuple[Consent, ...]
    cases: tuple[Case, ...]
    questioned: int
    export: Export | None
    erasure: "ErasureRequest | None"


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureRequest:
    """A request to erase, with what was done once it was answered. wanted: titles (msgids) of the holdings as the person ticked them.

    reason: what was written where it was refused.
    """

    case: Case
    wanted: tuple[str, ...]
    lines: tuple[Erased, ...]
    holdings: tuple[Holding, ...] = ()
    reason: str = ""

    @property
    def answered(self) -> datetime | None:
        return self.case.closed_at


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerTimes:
    """Erasure requests by whether they were answered within their limit. day: of the newest answer."""

    in_time: int
    due: int
    newest: date | None
