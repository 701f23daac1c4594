"""Reads `roles.toml`: a table per role with `name`, `class` and the permissions in `may`."""

import re
from collections.abc import Iterator

import msgspec

from hunhe.kernel.city.shapes import ContentFile, Doubt
from hunhe.kernel.identity import duties
from hunhe.kernel.identity.days import today
from hunhe.kernel.identity.models import Role
from hunhe.kernel.identity.shapes import Duty
from hunhe.stone.who import Who

PERMISSION = re.compile(r"[a-z_]+\.may_[a-z_]+")


class RoleEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"duty": "class"}):
    """One table of roles.toml."""

    name: str
    duty: Duty
    may: tuple[str, ...] = ()


def check(files: tuple[ContentFile, ...]) -> Iterator[Doubt]:
    """Permissions look like `room.may_verb_noun`; roles that posts carry exist."""
    for file in _role_files(files):
        for code, role in file.read_as(dict[str, RoleEntry]).items():
            for place, permission in enumerate(role.may):
                if not PERMISSION.fullmatch(permission):
                    yield file.doubt(f"{code}.may[{place}]", f"“{permission}” is not of the form room.may_verb_noun")


def apply(who: Who, files: tuple[ContentFile, ...]) -> None:
    """Roles as the files say; a role that is gone grants nothing. Refused where an account would unite duties kept apart."""
    entries = [entry for file in _role_files(files) for entry in file.read_as(dict[str, RoleEntry]).items()]
    Role.objects.bulk_create(
        [Role(code=code, name=role.name, duty=role.duty, may=list(role.may)) for code, role in entries],
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["name", "duty", "may"],
    )
    Role.objects.exclude(code__in=[code for code, _ in entries]).update(may=[])
    duties.refuse_any_union(today())


def _role_files(files: tuple[ContentFile, ...]) -> Iterator[ContentFile]:
    return (file for file in files if file.path.endswith("/roles.toml"))
