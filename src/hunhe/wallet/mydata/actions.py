"""What a person asks about their own data, and what the bureau answers."""

from collections.abc import Collection

from hunhe.kernel.flow.shapes import Case
from hunhe.stone.door import Gate, Scope, door
from hunhe.stone.errors import Invalid, msgid
from hunhe.stone.who import Who
from hunhe.wallet.mydata import erasure


@door(may=Gate.CITIZEN, scope=Scope.OWN)
def ask_erasure(*, who: Who, subject_id: str, rooms: Collection[str], key: str, explanation: str = "") -> Case:
    """Ask for one's data to be erased from these rooms. While a request runs, asking again gives the same one."""
    if not 0 < len(key) <= 60:
        raise Invalid("mydata.erasure.key", msgid("Asking needs a key of at most 60 signs."))
    return erasure.open_request(who, subject_id, rooms, explanation, key)


@door(may=erasure.DECIDE, scope=Scope.CITY)
def check_erasure(*, who: Who, case_id: str, expected_version: int, key: str = "") -> Case:
    """Write down what rooms hold about the person and what the law keeps; the case then waits for its decision."""
    return erasure.check(who, case_id, expected_version, key)


@door(may=erasure.DECIDE, scope=Scope.CITY)
def decide_erasure(
    *, who: Who, case_id: str, rooms: Collection[str], reason: str, expected_version: int, key: str = ""
) -> Case:
    """Decide which rooms erase. What was asked for and stays needs a duty or a reason, which the person reads."""
    return erasure.decide(who, case_id, rooms, reason, expected_version, key)
