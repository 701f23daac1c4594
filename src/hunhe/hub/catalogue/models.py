from typing import ClassVar

from django.db import models


class Resource(models.Model):
    """One catalogue entry. `same_name` finds duplicates, `text` is searched, `digest` tells an import what changed."""

    code = models.CharField(max_length=120, primary_key=True)
    name = models.CharField(max_length=300)
    same_name = models.CharField(max_length=200)
    department = models.CharField(max_length=100)
    provider = models.CharField(max_length=300, blank=True, default="")
    uscc = models.CharField(max_length=18, blank=True, default="")
    category = models.CharField(max_length=12, default="department")
    number = models.CharField(max_length=40, blank=True, default="")
    abstract = models.TextField(blank=True, default="")
    format = models.CharField(max_length=20)
    items = models.JSONField(default=list)
    sharing = models.CharField(max_length=20)
    condition = models.TextField(blank=True, default="")
    basis = models.TextField(blank=True, default="")
    open = models.BooleanField(default=False)
    cycle = models.CharField(max_length=20)
    dataset = models.CharField(max_length=160, blank=True, default="")
    keys = models.JSONField(default=list)
    tags = models.JSONField(default=list)
    links = models.JSONField(default=list)
    ways = models.JSONField(default=list)
    related = models.JSONField(default=list)
    licence = models.CharField(max_length=300, blank=True, default="")
    origin = models.CharField(max_length=120, blank=True, default="")
    origin_id = models.CharField(max_length=300, blank=True, default="")
    digest = models.CharField(max_length=64, blank=True, default="")
    text = models.TextField(default="")
    state = models.CharField(max_length=12)
    rev = models.IntegerField(default=1)
    published_at = models.DateTimeField(null=True)
    updated_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["department", "code"], name="catalogue_by_department"),
            models.Index(fields=["state", "code"], name="catalogue_by_state"),
            models.Index(fields=["same_name"], name="catalogue_by_same_name"),
            models.Index(fields=["dataset"], name="catalogue_by_dataset"),
            models.Index(fields=["origin", "origin_id"], name="catalogue_by_origin"),
        ]
