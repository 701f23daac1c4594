from typing import ClassVar

from django.db import models


class Build(models.Model):
    """One build of a base; the newest `done` one is what readers see."""

    id = models.CharField(max_length=40, primary_key=True)
    base = models.CharField(max_length=60)
    seq = models.BigIntegerField()
    state = models.CharField(max_length=20)
    inputs = models.JSONField(default=dict)
    tables = models.JSONField(default=dict)
    digest = models.CharField(max_length=64, blank=True, default="")
    subjects = models.BigIntegerField(default=0)
    new_subjects = models.BigIntegerField(default=0)
    rows = models.JSONField(default=dict)
    links = models.JSONField(default=dict)
    states = models.JSONField(default=dict)
    divisions = models.JSONField(default=dict)
    failures = models.JSONField(default=dict)
    requested_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["base", "seq"], name="bases_build_once"),
            models.UniqueConstraint(fields=["base"], condition=models.Q(state="waiting"), name="bases_one_waiting"),
        ]


class Alias(models.Model):
    """An id that a subject had before it was merged into another."""

    alias = models.CharField(max_length=40, primary_key=True)
    base = models.CharField(max_length=60)
    subject_id = models.CharField(max_length=40, db_index=True)
    build = models.CharField(max_length=40)
    at = models.DateTimeField()


class Merge(models.Model):
    """A reviewed decision that two subjects are one (`join`) or that rows of one are another (`part`).

    rows: for `join` the source rows of both, for `part` those that leave; each [dataset, key].
    """

    id = models.CharField(max_length=40, primary_key=True)
    base = models.CharField(max_length=60)
    kind = models.CharField(max_length=10)
    subject_id = models.CharField(max_length=40)
    other = models.CharField(max_length=40, blank=True, default="")
    rows = models.JSONField()
    reason = models.CharField(max_length=500)
    state = models.CharField(max_length=20)
    proposed_by = models.CharField(max_length=60)
    decided_by = models.CharField(max_length=60, blank=True, default="")
    proposed_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["base", "state", "id"], name="bases_merge_state")]


class NameFailure(models.Model):
    """A name and number that did not agree: counted per account and per number (a keyed digest), never kept in clear."""

    id = models.BigAutoField(primary_key=True)
    account = models.CharField(max_length=60)
    number = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["account", "at"], name="bases_failure_account"),
            models.Index(fields=["number", "at"], name="bases_failure_number"),
        ]
