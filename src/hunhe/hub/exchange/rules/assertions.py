"""The words that a department's system signs when it vouches for a case."""

from datetime import datetime, timedelta

from hunhe.hub.exchange.rules.limits import Limits
from hunhe.stone.errors import Invalid, msgid

_MARK = "hunhe case assertion v1"


def signed_text(department: str, case: str, subject: str, procedure: str, officer: str, expires: str) -> bytes:
    """Seven lines; `subject` and `expires` exactly as they were sent."""
    return "\n".join((_MARK, department, case, subject, procedure, officer, expires, "")).encode()


def check_words(**words: str) -> None:
    """Every word is there, is one line, and is short; a case of the city's own cannot be asserted."""
    for name, word in words.items():
        if not 0 < len(word) <= 80 or not word.isprintable():
            raise Invalid("exchange.assertion.word", msgid("“%(name)s” is missing, too long, or not one line."), name=name)
    if len(words["case"]) > 64 or words["case"].startswith("case_"):
        raise Invalid("exchange.assertion.case", msgid("Name the case as your own system numbers it, in up to 64 characters."))


def check_expiry(expires_at: datetime, now: datetime, limits: Limits) -> None:
    """An assertion lives for hours, not days."""
    if expires_at.tzinfo is None or not now < expires_at <= now + timedelta(hours=limits.assertion_hours):
        raise Invalid(
            "exchange.assertion.expiry",
            msgid("It must expire within %(hours)s hours, with a time zone."),
            hours=limits.assertion_hours,
        )
