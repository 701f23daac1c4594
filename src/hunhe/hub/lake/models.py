from typing import ClassVar

from django.db import models


class Table(models.Model):
    """The pointer row of one lake table, and who may write it. `life` is new when the transaction database is."""

    name = models.CharField(max_length=200, primary_key=True)
    version = models.BigIntegerField(null=True)
    life = models.CharField(max_length=40)
    token = models.BigIntegerField(default=0)
    holder = models.CharField(max_length=120, blank=True, default="")
    held_until = models.DateTimeField(null=True)
    serving_version = models.BigIntegerField(null=True)
    serving_keys = models.JSONField(default=list)


class Version(models.Model):
    """One version that readers may see or have seen."""

    id = models.BigAutoField(primary_key=True)
    table = models.CharField(max_length=200)
    version = models.BigIntegerField()
    seq = models.BigIntegerField()
    rows = models.BigIntegerField()
    columns = models.JSONField()
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["table", "version"], name="lake_version_once")]


class File(models.Model):
    """A data file: part of every version from `added` until before `removed`. The digest is taken at commit."""

    id = models.BigAutoField(primary_key=True)
    table = models.CharField(max_length=200)
    path = models.CharField(max_length=300)
    size = models.BigIntegerField()
    rows = models.BigIntegerField()
    digest = models.CharField(max_length=64)
    added = models.BigIntegerField()
    removed = models.BigIntegerField(null=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["table", "path"], name="lake_file_once")]


class Derivation(models.Model):
    """What one version was made from: kept with it for ever, so that lineage is what was run and not what is hoped."""

    id = models.BigAutoField(primary_key=True)
    table = models.CharField(max_length=200)
    version = models.BigIntegerField()
    run = models.CharField(max_length=40)
    digest = models.CharField(max_length=64)
    inputs = models.JSONField()
    edges = models.JSONField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["table", "version"], name="lake_derivation_once")]
