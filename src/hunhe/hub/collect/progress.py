"""How far each dataset has been read and how its source looked: kept when a batch is done, read when the next begins."""

from datetime import timedelta

from hunhe.hub.collect import models
from hunhe.hub.collect.shapes import Dataset
from hunhe.hub.collect.spool import Spool
from hunhe.stone import clock


def of(dataset: str) -> models.Progress:
    """The dataset's progress; one that has none yet has read nothing."""
    return models.Progress.objects.filter(pk=dataset).first() or models.Progress(dataset=dataset)


def comparison_is_due(dataset: Dataset, known: models.Progress) -> bool:
    every = timedelta(hours=dataset.compare_hours)
    return known.compared_at is None or known.compared_at + every <= clock.now()


def keep(dataset: str, spool: Spool) -> None:
    """Inside the transaction that ends a batch: what its source looked like, and how far it was read."""
    row = of(dataset)
    row.watermark = spool.watermark or row.watermark
    row.kinds = dict(spool.kinds) or row.kinds
    row.columns = [column for column in spool.columns if not column.startswith("_")]
    if spool.compared or spool.complete:
        row.compared_at = clock.now()
    row.save()
