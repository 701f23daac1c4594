"""Rows of the transaction database as shapes, and where batches lie on disk."""

import shutil
from pathlib import Path

from django.conf import settings

from hunhe.hub.collect import models
from hunhe.hub.collect.contract import read_contract
from hunhe.hub.collect.shapes import Batch, BatchState, Dataset
from hunhe.stone.errors import NotFound, msgid


def folder_of(batch: str) -> Path:
    """The staging folder of a batch."""
    folder: Path = settings.HUNHE_VAR.staging / "batches" / batch
    return folder


def forget_files(batch: str) -> None:
    shutil.rmtree(folder_of(batch), ignore_errors=True)


def dataset(dataset_id: str) -> Dataset:
    row = models.Dataset.objects.filter(pk=dataset_id).first()
    if row is None:
        raise NotFound("collect.dataset.unknown", msgid("There is no dataset %(dataset)s."), dataset=dataset_id)
    return read_contract(row.contract)


def batch_row(batch_id: str) -> models.Batch:
    row = models.Batch.objects.filter(pk=batch_id).first()
    if row is None:
        raise NotFound("collect.batch.unknown", msgid("There is no batch %(batch)s."), batch=batch_id)
    return row


def batch(row: models.Batch) -> Batch:
    names = (name for name in Batch.__dataclass_fields__ if name != "state")
    return Batch(state=BatchState(row.state), **{name: getattr(row, name) for name in names})
