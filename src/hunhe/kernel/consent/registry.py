"""What rooms above have told at start: how old a person is, and whose guardian somebody is. Without a word: nobody's."""

from collections.abc import Callable
from dataclasses import dataclass

Age = Callable[[str], int | None]
Guardian = Callable[[str, str], bool]


@dataclass(slots=True)
class Kin:
    """age: of a subject, None when unknown. guardian: whether the first subject is a guardian of the second."""

    age: Age | None = None
    guardian: Guardian | None = None


kin = Kin()


def age_of(subject_id: str) -> int | None:
    return kin.age(subject_id) if kin.age else None


def is_guardian(guardian: str, child: str) -> bool:
    return bool(kin.guardian and kin.guardian(guardian, child))
