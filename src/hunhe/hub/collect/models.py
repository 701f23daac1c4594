from typing import ClassVar

from django.db import models


class Connection(models.Model):
    """Where a department's system is reached; the secret is sealed with a key outside the data folder."""

    name = models.CharField(max_length=120, primary_key=True)
    department = models.CharField(max_length=60)
    kind = models.CharField(max_length=20)
    location = models.CharField(max_length=500)
    secret = models.TextField(blank=True, default="")
    set_by = models.CharField(max_length=80)
    set_at = models.DateTimeField()


class Dataset(models.Model):
    """A contract in force, as its file says (`contract`), or inferred from the first file landed."""

    id = models.CharField(max_length=160, primary_key=True)
    department = models.CharField(max_length=60)
    name = models.CharField(max_length=200)
    contract = models.JSONField()
    inferred = models.BooleanField(default=False)
    last_seq = models.BigIntegerField(default=0)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["department", "id"], name="collect_dataset_by_dept")]


class Progress(models.Model):
    """How far a dataset's source has been read, when it was last compared row by row, and how it looked then."""

    dataset = models.CharField(max_length=160, primary_key=True)
    watermark = models.CharField(max_length=120, blank=True, default="")
    compared_at = models.DateTimeField(null=True)
    columns = models.JSONField(default=list)
    kinds = models.JSONField(default=dict)


class Upload(models.Model):
    """A file that a department's system sends in pieces. `received` bytes are on disk; a batch is made when it is closed."""

    id = models.CharField(max_length=40, primary_key=True)
    dataset = models.CharField(max_length=160)
    department = models.CharField(max_length=60)
    sender = models.CharField(max_length=80)
    name = models.CharField(max_length=200)
    size = models.BigIntegerField()
    digest = models.CharField(max_length=64)
    received = models.BigIntegerField(default=0)
    state = models.CharField(max_length=10, default="open")
    batch = models.CharField(max_length=40, blank=True, default="")
    opened_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["department", "state"], name="collect_upload_by_dept")]


class Batch(models.Model):
    """One delivery of one dataset."""

    id = models.CharField(max_length=40, primary_key=True)
    dataset = models.CharField(max_length=160)
    department = models.CharField(max_length=60)
    seq = models.BigIntegerField()
    state = models.CharField(max_length=12)
    origin = models.CharField(max_length=300, blank=True, default="")
    delivery = models.CharField(max_length=200, blank=True, default="")
    digest = models.CharField(max_length=80, blank=True, default="")
    request_key = models.CharField(max_length=120, null=True)  # noqa: DJ001  # several batches without a key
    times_sent = models.IntegerField(default=1)
    attempts = models.IntegerField(default=0)
    source_rows = models.BigIntegerField(null=True)
    landed = models.BigIntegerField(null=True)
    checked = models.BigIntegerField(null=True)
    loaded = models.BigIntegerField(null=True)
    quarantined = models.BigIntegerField(null=True)
    duplicates = models.BigIntegerField(null=True)
    added = models.BigIntegerField(null=True)
    changed = models.BigIntegerField(null=True)
    removed = models.BigIntegerField(null=True)
    version = models.BigIntegerField(null=True)
    same_as = models.CharField(max_length=40, null=True)  # noqa: DJ001  # absent, not empty
    failure = models.CharField(max_length=80, blank=True, default="")
    failure_message = models.TextField(blank=True, default="")
    failure_detail = models.JSONField(default=dict)
    started_at = models.DateTimeField()
    interrupted_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["dataset", "seq"], name="collect_batch_seq_once"),
            models.UniqueConstraint(fields=["dataset", "request_key"], name="collect_batch_key_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["department", "-id"], name="collect_batch_by_dept")]


class Quarantine(models.Model):
    """How many rows of a batch one rule held back, and the correction ticket that was opened for them."""

    id = models.BigAutoField(primary_key=True)
    batch = models.CharField(max_length=40)
    rule = models.CharField(max_length=80)
    field = models.CharField(max_length=120)
    rows = models.BigIntegerField()
    correction = models.CharField(max_length=60, null=True)  # noqa: DJ001  # absent, not empty

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["batch", "rule", "field"], name="collect_quarantine_once")]


class QuarantinedRow(models.Model):
    """A row held back, kept for the steward to look at; the lake holds all of them, this the first of each rule."""

    id = models.BigAutoField(primary_key=True)
    batch = models.CharField(max_length=40)
    dataset = models.CharField(max_length=160)
    rule = models.CharField(max_length=80)
    field = models.CharField(max_length=120)
    line = models.BigIntegerField()
    reasons = models.JSONField()
    row = models.JSONField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["batch", "rule", "field", "line"], name="collect_row_by_rule")]
