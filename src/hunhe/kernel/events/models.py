from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from hunhe.kernel.events import shapes


class Work(models.Model):
    """What deliveries and jobs share: whose turn, how often tried, who holds it."""

    state = models.TextField(default="waiting")
    attempt = models.IntegerField(default=0)
    attempts = models.IntegerField(default=8)
    token = models.BigIntegerField(default=0)
    run_at = models.DateTimeField()
    leased_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    error = models.TextField(default="")

    class Meta:
        abstract = True


class Event(models.Model):
    """One thing that happened, kept while deliveries of it remain."""

    name = models.TextField()
    aggregate = models.TextField()
    payload = models.JSONField(encoder=DjangoJSONEncoder)
    at = models.DateTimeField()

    class Meta:
        db_table = "events_event"
        indexes = [models.Index(fields=["at"], name="events_event_at")]

    def shape(self) -> shapes.Event:
        return shapes.Event(self.id, self.name, self.aggregate, self.payload, self.at)


class Delivery(Work):
    """One event on its way to one subscriber."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="+")
    subscriber = models.TextField()
    aggregate = models.TextField()

    class Meta:
        db_table = "events_delivery"
        indexes = [
            models.Index(
                fields=["subscriber", "aggregate", "id"], name="events_delivery_order", condition=~models.Q(state="done")
            ),
            models.Index(fields=["run_at"], name="events_delivery_due", condition=models.Q(state__in=["waiting", "running"])),
            models.Index(fields=["finished_at"], name="events_delivery_finished"),
        ]


class Job(Work):
    """One piece of work; same kind and key, same job."""

    job_id = models.TextField(unique=True)
    kind = models.TextField()
    key = models.TextField()
    payload = models.JSONField(encoder=DjangoJSONEncoder)
    heavy = models.BooleanField()

    class Meta:
        db_table = "events_job"
        constraints = [models.UniqueConstraint(fields=["kind", "key"], name="events_job_key")]
        indexes = [
            models.Index(fields=["run_at"], name="events_job_due", condition=models.Q(state__in=["waiting", "running"])),
            models.Index(fields=["state", "-id"], name="events_job_state"),
            models.Index(fields=["finished_at"], name="events_job_finished"),
        ]

    def shape(self) -> shapes.Job:
        return shapes.Job(
            id=self.job_id,
            kind=self.kind,
            key=self.key,
            payload=self.payload,
            state=self.state,  # type: ignore[arg-type]  # written only from shapes.State
            attempt=self.attempt,
            token=self.token,
            run_at=self.run_at,
            created_at=self.created_at,
            finished_at=self.finished_at,
            error=self.error,
            heavy=self.heavy,
        )
