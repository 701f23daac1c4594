"""The only table of the wall: what was asked about a number, and how far the answer has come."""

from django.db import models


class Order(models.Model):
    """One question about a number, beside its case. said, counted_at: the number as it stood, in words of the city's language.

    state: asked | answered | closed | withdrawn, as the case last told.
    """

    case_id = models.CharField(max_length=40, primary_key=True)
    number = models.CharField(max_length=48)
    indicator = models.CharField(max_length=80)
    name = models.CharField(max_length=200)
    said = models.CharField(max_length=80)
    counted_at = models.DateTimeField()
    question = models.TextField()
    department = models.CharField(max_length=64)
    answering = models.CharField(max_length=64)
    asked_by = models.CharField(max_length=128)
    asked_at = models.DateTimeField()
    key = models.CharField(max_length=128)
    state = models.CharField(max_length=10, default="asked")
    due_at = models.DateTimeField(null=True)
    answer = models.TextField(default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["asked_by", "key"], name="cockpit_order_key")]
        indexes = [
            models.Index(fields=["-asked_at", "-case_id"], name="cockpit_order_newest"),
            models.Index(fields=["indicator", "-asked_at"], name="cockpit_order_indicator"),
            models.Index(fields=["state", "due_at"], name="cockpit_order_state"),
        ]
