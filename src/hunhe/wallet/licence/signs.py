"""Which sign stands before which state."""

from hunhe.ui.shapes import StatusKind
from hunhe.wallet.licence.shapes import Answer, CopyState, LicenceState

_SIGNS: dict[str, StatusKind] = {
    LicenceState.VALID: "ok",
    LicenceState.ISSUED: "idle",
    LicenceState.SUSPENDED: "pause",
    LicenceState.CHANGED: "idle",
    Answer.UNKNOWN: "idle",
}


def sign_of(state: LicenceState | CopyState | Answer) -> StatusKind:
    return _SIGNS.get(state.value, "late")
