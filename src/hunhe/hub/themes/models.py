from typing import ClassVar

from django.db import models

from hunhe.hub.themes.shapes import RunState, ThemeState


class Run(models.Model):
    """One run of a theme: what it read, what it wrote, what its audits found. values: measure → lines of its indicator."""

    id = models.CharField(max_length=40, primary_key=True)
    theme = models.CharField(max_length=60)
    seq = models.BigIntegerField()
    state = models.CharField(max_length=10, default=RunState.WAITING)
    digest = models.CharField(max_length=64, blank=True, default="")
    why = models.CharField(max_length=300, blank=True, default="")
    why_params = models.JSONField(default=dict)
    inputs = models.JSONField(default=dict)
    tables = models.JSONField(default=dict)
    rows = models.JSONField(default=dict)
    failures = models.JSONField(default=dict)
    values = models.JSONField(default=dict)
    requested_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["theme", "seq"], name="themes_run_once")]
        indexes: ClassVar = [models.Index(fields=["state", "requested_at"], name="themes_run_state")]


class Standing(models.Model):
    """How a theme stands: its newest run that published, its newest of all, and whether its tables can be read as they are."""

    theme = models.CharField(max_length=60, primary_key=True)
    state = models.CharField(max_length=10, default=ThemeState.NEVER)
    why = models.CharField(max_length=300, blank=True, default="")
    why_params = models.JSONField(default=dict)
    run = models.ForeignKey(Run, null=True, on_delete=models.PROTECT, related_name="+")
    last = models.ForeignKey(Run, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()


class Withdrawal(models.Model):
    """A column that is no longer given, until it is lifted."""

    id = models.CharField(max_length=40, primary_key=True)
    table = models.CharField(max_length=200)
    column = models.CharField(max_length=63)
    reason = models.CharField(max_length=500)
    by = models.CharField(max_length=60)
    at = models.DateTimeField()
    lifted_by = models.CharField(max_length=60, blank=True, default="")
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["table", "column"], condition=models.Q(lifted_at=None), name="themes_withdrawal_open_once"
            )
        ]
