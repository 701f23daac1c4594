"""Contracts as city files: `hub/collect/<department>/<system>.toml`, one dataset each."""

from collections.abc import Iterator
from functools import lru_cache

from hunhe.hub.collect import models
from hunhe.hub.collect.contract import read_contract, write_contract
from hunhe.hub.collect.shapes import Dataset
from hunhe.kernel.city import actions as city
from hunhe.kernel.city import queries as city_queries
from hunhe.kernel.city.shapes import ContentFile, Doubt
from hunhe.stone.errors import Invalid
from hunhe.stone.who import Who


def register() -> None:
    city.register_content(who=Who.system("start"), room="collect", check=check, apply=apply, after=("org",))


def check(files: tuple[ContentFile, ...]) -> Iterator[Doubt]:
    """Each file is a whole contract, lies under its department, and no two share an id."""
    seen: dict[str, str] = {}
    for file in _contracts(files):
        try:
            dataset = read_contract(file.data)
        except Invalid as error:
            yield file.doubt(str(error.params.get("key", "")), str(error))
            continue
        if file.path.split("/")[-2] != dataset.department:
            yield file.doubt("department", f"The file lies under {file.path.split('/')[-2]}")
        if dataset.id in seen:
            yield file.doubt("id", f"{seen[dataset.id]} has the same id")
        seen[dataset.id] = file.path


def apply(who: Who, files: tuple[ContentFile, ...]) -> None:
    """Contracts as the files say; a contract that is gone keeps its dataset, whose rows remain."""
    models.Dataset.objects.bulk_create(
        [
            models.Dataset(
                id=dataset.id,
                department=dataset.department,
                name=dataset.name,
                contract=write_contract(dataset),
                inferred=False,
            )
            for dataset in (read_contract(file.data) for file in _contracts(files))
        ],
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["department", "name", "contract", "inferred"],
    )


def contracts() -> tuple[Dataset, ...]:
    """Those of the files in force, or at hand while a city is checked."""
    return _read(city_queries.content_files(who=Who.system("collect"), room="collect"))


@lru_cache(maxsize=2)
def _read(files: tuple[ContentFile, ...]) -> tuple[Dataset, ...]:
    return tuple(read_contract(file.data) for file in _contracts(files))


def _contracts(files: tuple[ContentFile, ...]) -> Iterator[ContentFile]:
    return (file for file in files if file.path.endswith(".toml"))
