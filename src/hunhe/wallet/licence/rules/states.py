"""Which state follows which, and what a state is worth on a day."""

from datetime import date

from hunhe.stone.errors import Conflict, msgid
from hunhe.wallet.licence.shapes import Answer, CopyState, LicenceState

_S = LicenceState
NEXT: dict[LicenceState, frozenset[LicenceState]] = {
    _S.ISSUED: frozenset({_S.VALID, _S.SUSPENDED, _S.CHANGED, _S.EXPIRED, _S.REVOKED}),
    _S.VALID: frozenset({_S.SUSPENDED, _S.CHANGED, _S.EXPIRED, _S.REVOKED}),
    _S.SUSPENDED: frozenset({_S.VALID, _S.ISSUED, _S.CHANGED, _S.EXPIRED, _S.REVOKED}),
    _S.EXPIRED: frozenset({_S.CHANGED, _S.REVOKED}),
    _S.CHANGED: frozenset(),
    _S.REVOKED: frozenset(),
}
ENDED = frozenset({_S.CHANGED, _S.REVOKED})


def state_on(state: LicenceState, valid_from: date, valid_until: date | None, day: date) -> LicenceState:
    """What a stored state means on a day: the calendar opens and ends a licence without anybody's act."""
    if state in ENDED:
        return state
    if valid_until is not None and day > valid_until:
        return _S.EXPIRED
    if state == _S.ISSUED and day >= valid_from:
        return _S.VALID
    return state


def copy_state_on(revoked: bool, valid_until: date, day: date) -> CopyState:
    if revoked:
        return CopyState.REVOKED
    return CopyState.EXPIRED if day > valid_until else CopyState.VALID


def answer_for(licence: LicenceState, copy: CopyState | None = None) -> Answer:
    """A copy is worth no more than its licence; a licence in force no more than the copy shown."""
    if licence == _S.VALID and copy in (CopyState.EXPIRED, CopyState.REVOKED):
        return Answer.COPY_EXPIRED if copy == CopyState.EXPIRED else Answer.COPY_REVOKED
    return Answer(licence.value)


def check_move(before: LicenceState, after: LicenceState) -> None:
    """Conflict unless `after` may follow `before`."""
    if after not in NEXT[before]:
        raise Conflict(
            "licence.state.move",
            msgid("A licence that is %(before)s cannot become %(after)s."),
            before=before.value,
            after=after.value,
        )


def last_day(start: date, years: int) -> date | None:
    """The last day of a licence that holds for `years`, the day before its anniversary; None without end."""
    if not years:
        return None
    try:
        anniversary = start.replace(year=start.year + years)
    except ValueError:  # 29 February
        anniversary = date(start.year + years, 3, 1)
    return date.fromordinal(anniversary.toordinal() - 1)
