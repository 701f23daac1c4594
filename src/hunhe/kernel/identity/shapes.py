"""Accounts, appointments, clients and roles as other rooms see them."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

AccountKind = Literal["citizen", "official"]
Duty = Literal["business", "administrator", "security", "auditor"]


@dataclass(frozen=True, slots=True)
class Account:
    """One person's login. department: code, for officials. level: 0 none, 1 registered, 2 real name, 3 real person."""

    id: str
    username: str
    name: str
    kind: AccountKind
    department: str | None
    subject_id: str | None
    level: int
    active: bool


@dataclass(frozen=True, slots=True)
class Appointment:
    """An account holds a post from `since` to `until` (both days included; None: open)."""

    id: str
    account: str
    post: str
    since: date
    until: date | None


@dataclass(frozen=True, slots=True)
class Delegation:
    """The holder of a post lets another account act in it for a while, both days included."""

    id: str
    post: str
    holder: str
    deputy: str
    since: date
    until: date


@dataclass(frozen=True, slots=True)
class Holding:
    """An appointment with the post's name; over once its last day has passed."""

    appointment: Appointment
    post_name: str
    over: bool


@dataclass(frozen=True, slots=True)
class StandIn:
    """A delegation with names: whose post, who acts in it."""

    delegation: Delegation
    post_name: str
    holder_name: str
    deputy_name: str


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody who may act in a post today. stand_in: for its holder, by delegation."""

    account: str
    name: str
    stand_in: bool = False


@dataclass(frozen=True, slots=True)
class Person:
    """An official's account with the posts held, past ones only where one person is asked for. second_factor: set up."""

    account: Account
    holdings: tuple[Holding, ...]
    second_factor: bool = False


@dataclass(frozen=True, slots=True)
class Cover:
    """Who acts for whom around one official: own posts, stand-ins given and taken that are not over, colleagues to choose from."""

    posts: tuple[Holding, ...]
    given: tuple[StandIn, ...]
    taken: tuple[StandIn, ...]
    colleagues: tuple[Account, ...]


@dataclass(frozen=True, slots=True)
class Role:
    """What the holder of a post with this role may do. duty: administrator, security and auditor never meet in one account."""

    code: str
    name: str
    duty: Duty
    may: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Client:
    """A program of a department that calls the city's interfaces. hint: how its token begins."""

    id: str
    name: str
    department: str
    hint: str
    created_at: datetime
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class NewClient:
    """A client just made. secret: its token, shown this once and never stored."""

    client: Client
    secret: str


@dataclass(frozen=True, slots=True)
class OwnAccount:
    """An account in its owner's copy of what the city holds."""

    username: str
    name: str
    level: int
    joined_at: datetime


@dataclass(frozen=True, slots=True)
class Session:
    """One browser that is signed in to an account. device: in a word or two; current: the one that asks."""

    id: str
    device: str
    begun_at: datetime
    seen_at: datetime
    current: bool
