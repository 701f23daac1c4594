"""The licence identifier of GB/T 36904: `1.2.156.3005.2.{type}.{issuer}.{serial}.{version}.{check}`."""

from dataclasses import dataclass

from hunhe.stone.errors import Invalid, msgid

ROOT = "1.2.156.3005.2"
_SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_VALUE = {sign: value for value, sign in enumerate(_SIGNS)}


@dataclass(frozen=True, slots=True)
class Identifier:
    """The four parts before the check character."""

    type: str
    issuer: str
    serial: str
    version: str

    @property
    def check(self) -> str:
        return check_character(self.type + self.issuer + self.serial + self.version)

    def __str__(self) -> str:
        return ".".join((ROOT, self.type, self.issuer, self.serial, self.version, self.check))


def check_character(joined: str) -> str:
    """ISO 7064 MOD 37,36 over digits and capital letters; Invalid for anything else, or for nothing."""
    if not joined or any(sign not in _VALUE for sign in joined):
        raise malformed()
    carry = 36
    for sign in joined:
        carry = (carry + _VALUE[sign]) % 36 or 36
        carry = carry * 2 % 37
    return _SIGNS[(37 - carry) % 36]


def parse(text: str) -> Identifier:
    """The parts of a printed identifier; Invalid when it has another shape or its check character does not fit."""
    root, parts = text[: len(ROOT)], text[len(ROOT) + 1 :].split(".")
    if root != ROOT or text[len(ROOT) : len(ROOT) + 1] != "." or len(parts) != 5:
        raise malformed()
    found = Identifier(*parts[:4])
    if found.check != parts[4]:
        raise Invalid("licence.identifier.check", msgid("The check character does not fit. A character was misread."))
    return found


def serial_of(year: int, number: int) -> str:
    """Year and seven digits, as the standard's own examples count."""
    return f"{year:04d}{number:07d}"


def version_of(number: int) -> str:
    return f"{number:03d}"


def malformed() -> Invalid:
    return Invalid("licence.identifier.form", msgid("This is no licence identifier."))
