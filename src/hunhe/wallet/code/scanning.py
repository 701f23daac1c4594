"""The group commit of scans: a batch of read requests in, replies out, everything written in between."""

import functools
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import msgspec
from django.utils import translation

from hunhe.kernel.audit import queries as audit
from hunhe.kernel.audit.shapes import Receipt
from hunhe.kernel.identity import queries as identity
from hunhe.kernel.identity.shapes import Account
from hunhe.stone import clock, ids
from hunhe.stone.who import Who
from hunhe.wallet.code import issuing, models, recording
from hunhe.wallet.code.reading import Read
from hunhe.wallet.code.rules.words import SENTENCES, status_of
from hunhe.wallet.functions import queries as functions
from hunhe.wallet.functions.shapes import Asked, Function, Shown

SYSTEM = Who.system("code")
_encode = msgspec.json.Encoder(enc_hook=str).encode


@dataclass(slots=True)
class Decision:
    """What becomes of one scan. who: the terminal's client or keeper; repeats: an earlier scan with the same idempotency key."""

    read: Read
    id: str
    who: Who
    terminal: models.Terminal | None = None
    function: Function | None = None
    device: models.Device | None = None
    account: Account | None = None
    code: str = ""
    shown: tuple[Shown, ...] = ()
    pseudonym: str = ""
    repeats: models.Scan | None = None
    entry_id: str = ""
    leaf_hash: str = ""

    @property
    def subject_id(self) -> str | None:
        return self.device.subject_id if self.device is not None else None

    @property
    def idempotency(self) -> str | None:
        key = self.read.incoming.idempotency
        return f"{self.terminal.id}:{key}" if key and self.terminal is not None else None

    @property
    def counts(self) -> bool:
        """Whether the code is used up by this scan: a terminal of the city read a genuine one, and the city could answer."""
        known = self.terminal is not None and self.device is not None
        return known and self.repeats is None and self.code != "unavailable"


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    body: bytes


@dataclass(slots=True)
class _Book:
    """What the database says about everybody in a batch: six queries for any number of scans."""

    terminals: Mapping[str, models.Terminal] = field(default_factory=dict)
    devices: Mapping[int, models.Device] = field(default_factory=dict)
    accounts: Mapping[str, Account] = field(default_factory=dict)
    functions: Mapping[str, Function] = field(default_factory=dict)
    repeats: Mapping[str, models.Scan] = field(default_factory=dict)


def answer_scans(batch: Sequence[Read]) -> list[Reply]:
    """Decide and record a batch inside the transaction of its group commit. Its replies are true once that is committed."""
    now = clock.now()
    numbers = [_number(read) for read in batch]
    book = _look_up(batch, {number for number in numbers if number is not None})
    decisions = [_decide(read, number, book) for read, number in zip(batch, numbers, strict=True)]
    _ask_functions(decisions)
    _refuse_replays(decisions, now)
    receipts = recording.record_decisions(decisions, now)
    return [_reply(decision, receipts) for decision in decisions]


def _look_up(batch: Sequence[Read], numbers: Collection[int]) -> _Book:
    terminals = {row.id: row for row in models.Terminal.objects.filter(id__in={read.terminal for read in batch})}
    devices = {row.number: row for row in models.Device.objects.filter(number__in=numbers)}
    accounts = identity.accounts_by_ids(who=SYSTEM, account_ids={row.account_id for row in devices.values()})
    keys = {f"{read.terminal}:{read.incoming.idempotency}" for read in batch if read.incoming.idempotency}
    return _Book(
        terminals=terminals,
        devices=devices,
        accounts={account.id: account for account in accounts},
        functions={found.id: found for found in functions.list_functions(who=SYSTEM)},
        repeats={row.idempotency or "": row for row in models.Scan.objects.filter(idempotency__in=keys)} if keys else {},
    )


def _number(read: Read) -> int | None:
    """The device of a code that this city issued, on time or late."""
    if read.frame is None or read.code == "forged":
        return None
    return issuing.device_number(read.frame.certificate.handle)


def _decide(read: Read, number: int | None, book: _Book) -> Decision:
    decision = Decision(read, ids.new("scan"), _caller(read))
    decision.device = book.devices.get(number) if number is not None else None
    decision.account = book.accounts.get(decision.device.account_id) if decision.device is not None else None
    terminal = book.terminals.get(read.terminal)
    if terminal is not None and _may_use(decision.who, terminal):
        decision.terminal = terminal
        decision.function = book.functions.get(terminal.function)
        decision.repeats = book.repeats.get(decision.idempotency or "")
    decision.code = _refusal(decision)
    if decision.repeats is not None:
        decision.code = decision.repeats.code if decision.repeats.digest == read.digest else "replayed"
    if decision.subject_id is not None and decision.terminal is not None:
        decision.pseudonym = issuing.pseudonym(decision.subject_id, decision.terminal.department)
    return decision


def _caller(read: Read) -> Who:
    incoming = read.incoming
    if incoming.keeper is not None:
        return Who(id=incoming.keeper.id, kind="official", department=incoming.keeper.department)
    return identity.who_for_token(who=SYSTEM, token=incoming.token or "") or Who.anonymous()


def _may_use(who: Who, terminal: models.Terminal) -> bool:
    """A client scans at its own terminal, a keeper at those of the department."""
    if terminal.state != "active":
        return False
    return terminal.client_id == who.id if who.kind == "client" else terminal.department == who.department


def _refusal(decision: Decision) -> str:
    """The first thing in the way, from the terminal to the person; empty if nothing is."""
    read, terminal, function = decision.read, decision.terminal, decision.function
    if decision.who.kind == "anonymous":
        return "no_token"
    if terminal is None:
        return "unknown_terminal"
    if read.code:
        return read.code
    if function is None or read.function not in ("", terminal.function) or _made_for_another(read, function):
        return "wrong_function"
    return _refusal_of_person(decision, function)


def _made_for_another(read: Read, function: Function) -> bool:
    return read.frame is not None and read.frame.function not in (0, function.number)


def _refusal_of_person(decision: Decision, function: Function) -> str:
    device, account = decision.device, decision.account
    if device is None or device.state != "active":
        return "revoked_device"
    if account is None or not account.active or account.subject_id != device.subject_id:
        return "suspended"
    if not function.on:
        return "switched_off"
    return "level" if account.level < function.min_level else ""


def _ask_functions(decisions: Sequence[Decision]) -> None:
    """Let each function look once at those who may come this far."""
    asking = [each for each in decisions if not each.code]
    asked = [Asked(each.terminal.function, each.subject_id or "", each.terminal.department) for each in asking if each.terminal]
    for decision, answer in zip(asking, functions.answers(who=SYSTEM, asked=asked), strict=True):
        decision.code, decision.shown = answer.code, answer.shown


def _refuse_replays(decisions: Sequence[Decision], now: datetime) -> None:
    """Whoever writes a moment's row first has scanned it; everybody else comes second. Late codes are late, not replayed."""
    fresh = [each for each in decisions if each.counts and each.read.code == ""]
    first = recording.claim_moments([(each.read.moment, each.id) for each in fresh], now)
    for decision in fresh:
        if first[decision.read.moment] != decision.id:
            decision.code, decision.shown = "replayed", ()


def _reply(decision: Decision, receipts: Mapping[str, Receipt]) -> Reply:
    if decision.code:
        status = status_of(decision.code)
        return Reply(status, _encode(_problem(decision, status)))
    return Reply(200, _encode(_passed(decision, receipts)))


def _passed(decision: Decision, receipts: Mapping[str, Receipt]) -> dict[str, object]:
    function, entry_id = decision.function, decision.entry_id
    receipt = receipts.get(entry_id) or audit.receipt(who=SYSTEM, entry_id=entry_id)
    return {
        "outcome": "passed",
        "function": {"id": function.id, "name": function.name} if function is not None else {},
        "pseudonym": decision.pseudonym,
        "shows": [{"label": shown.label, "value": shown.value, "how": shown.how} for shown in decision.shown],
        "next": function.after if function is not None else "",
        "receipt": {
            "entry_id": receipt.entry_id,
            "leaf_hash": receipt.leaf_hash,
            "index": receipt.index,
            "checkpoint": receipt.checkpoint,
        },
    }


def _problem(decision: Decision, status: int) -> dict[str, object]:
    code = decision.code
    body: dict[str, object] = {"type": f"urn:hunhe:problem:code.{code}", "code": code, "status": status, "outcome": "refused"}
    body["title"] = sentence(code, decision.read.incoming.language)
    if decision.entry_id:
        body["entry_id"] = decision.entry_id
    return body


@functools.lru_cache(maxsize=256)
def sentence(code: str, language: str) -> str:
    """A refusal in words. Functions' own refusals stand here too."""
    with translation.override(language):
        return translation.gettext(SENTENCES[code])
