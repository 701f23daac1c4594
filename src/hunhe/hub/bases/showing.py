"""How builds, states and lists look on a page: shapes beside words."""

from hunhe.hub.bases import content
from hunhe.hub.bases.shapes import Build, BuildState, Counts, Golden, GoldenField, Link, Loser, Merge, MergeState
from hunhe.hub.collect import queries as collect
from hunhe.stone.errors import NotFound
from hunhe.stone.who import Who

WHO = Who.system("bases")
_BUILD = {BuildState.WAITING: "idle", BuildState.BUILDING: "run", BuildState.DONE: "ok", BuildState.FAILED: "late"}
_MERGE = {MergeState.PROPOSED: "you", MergeState.APPROVED: "ok", MergeState.REFUSED: "late", MergeState.UNDONE: "pause"}


def kind_of(build: Build | None) -> str:
    return _BUILD[build.state] if build else "idle"


def kind_of_merge(merge: Merge) -> str:
    return _MERGE[merge.state]


def kind_of_status(status: str) -> str:
    """Living people and firms in business are a tick; all that is over or unclear is bars."""
    return "ok" if status == "active" else "pause"


def dataset_names() -> dict[str, str]:
    """What the departments call the lists that feed the bases."""
    return {dataset: _name(dataset) for found in content.bases().values() for dataset in found.datasets}


def fields(record: Golden) -> list[tuple[GoldenField, str, list[tuple[Loser, str]]]]:
    """Each field with the name of the list it comes from, and its losers with theirs."""
    names = dataset_names()
    return [
        (
            field,
            names[field.source.dataset] if field.source else "",
            [(loser, names[loser.source.dataset]) for loser in field.losers],
        )
        for field in record.fields
    ]


def links(record: Golden) -> list[tuple[Link, str]]:
    names = dataset_names()
    return [(link, names[link.dataset]) for link in record.links]


def lists(counts: Counts) -> list[tuple[str, str, int, int | None]]:
    """Dataset, its name, rows in the base, lake version read."""
    inputs = counts.build.inputs if counts.build else {}
    names = dataset_names()
    return [
        (dataset, names[dataset], counts.rows.get(dataset, 0), inputs.get(dataset))
        for dataset in content.base(counts.base).datasets
    ]


def _name(dataset: str) -> str:
    try:
        return collect.dataset_by_id(who=WHO, dataset=dataset).name
    except NotFound:
        return dataset
