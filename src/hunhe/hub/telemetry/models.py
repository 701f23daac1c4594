"""Tables of telemetry: sources and their sites, batches and readings, what rules watch and the warnings they found."""

from django.db import models
from django.db.models import Q


class Source(models.Model):
    """Who measures: one system of a department, with its own clock. client: the API client that may send for it."""

    code = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=120)
    department = models.CharField(max_length=40)
    client = models.CharField(max_length=40)
    offset = models.SmallIntegerField()  # minutes east of UTC
    step = models.PositiveSmallIntegerField(default=60)  # minutes: readings lie on its multiples
    mode = models.CharField(max_length=8, default="live")
    simulated = models.BooleanField(default=False)
    metrics = models.JSONField(default=list)
    registered_at = models.DateTimeField()


class Site(models.Model):
    """One place where a source measures. code: as the source names it. division: the district it lies in, if known."""

    id = models.CharField(max_length=40, primary_key=True)
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=120)
    name = models.CharField(max_length=120)
    division = models.CharField(max_length=12, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "code"], name="telemetry_site_code")]


class Batch(models.Model):
    """One delivery, taken whole or not at all. key: the client's own, so that sending again changes nothing."""

    code = models.CharField(max_length=40, unique=True)
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="+")
    client = models.CharField(max_length=40)
    key = models.CharField(max_length=128, null=True)  # noqa: DJ001  # null: none was sent
    digest = models.CharField(max_length=64)
    accepted = models.PositiveIntegerField()
    duplicate = models.PositiveIntegerField()
    refused = models.PositiveIntegerField()
    missing = models.PositiveIntegerField()
    reasons = models.JSONField(default=list)
    received_at = models.DateTimeField()
    landed = models.CharField(max_length=40, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["client", "key"], name="telemetry_batch_key")]
        indexes = [models.Index(fields=["id"], name="telemetry_batch_waiting", condition=Q(landed="", accepted__gt=0))]


class Reading(models.Model):
    """One value at one site and time, kept once and for good. at: minutes since 1970 in the source's clock."""

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+", db_index=False)
    metric = models.CharField(max_length=24)
    at = models.IntegerField()
    value = models.FloatField()
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["site", "metric", "at"], name="telemetry_reading_once")]


class Conflict(models.Model):
    """A second, other value for a reading already kept. The first stands; this is kept beside it for whoever looks into it."""

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+", db_index=False)
    metric = models.CharField(max_length=24)
    at = models.IntegerField()
    kept = models.FloatField()
    value = models.FloatField()
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["site", "metric", "at", "value"], name="telemetry_conflict_once")]


class Rule(models.Model):
    """A rule of the city's content as it is in force; `body` as the file says it."""

    code = models.CharField(max_length=48, primary_key=True)
    body = models.JSONField()
    digest = models.CharField(max_length=64)
    active = models.BooleanField(default=True)


class Level(models.Model):
    """A level of warning and who may issue it. number: 1 red to 4 blue."""

    code = models.CharField(max_length=16, primary_key=True)
    number = models.PositiveSmallIntegerField(unique=True)
    name = models.CharField(max_length=40)
    issued_by = models.CharField(max_length=120)
    basis = models.CharField(max_length=200, default="")


class Watch(models.Model):
    """A rule at a site: how it stands there now. last_at: minutes in the source's clock, null before the first reading."""

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="+", db_index=False)
    rule = models.CharField(max_length=48)
    state = models.CharField(max_length=8, default="never")
    last_at = models.IntegerField(null=True)
    last_value = models.FloatField(null=True)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["site", "rule"], name="telemetry_watch_once")]
        indexes = [models.Index(fields=["state", "last_at"], name="telemetry_watch_state")]


class Warning(models.Model):
    """What a rule found at a site: values over the threshold, or silence. Minutes of the source's clock; end null: not over yet.

    state: open, closed, or withdrawn where late readings showed that it never was. At most one is open per site and rule.
    """

    id = models.CharField(max_length=40, primary_key=True)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+", db_index=False)
    rule = models.CharField(max_length=48)
    kind = models.CharField(max_length=8)
    state = models.CharField(max_length=9)
    start = models.IntegerField()
    end = models.IntegerField(null=True)
    peak = models.FloatField(null=True)
    level = models.CharField(max_length=16, default="")
    live = models.BooleanField()
    case_id = models.CharField(max_length=40, default="")
    found_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["site", "rule"], name="telemetry_warning_one_open", condition=Q(state="open")),
            models.UniqueConstraint(
                fields=["site", "rule", "kind", "start"], name="telemetry_warning_once", condition=~Q(state="withdrawn")
            ),
        ]
        indexes = [
            models.Index(fields=["live", "kind", "start", "id"], name="telemetry_warning_list"),
            models.Index(fields=["site", "rule", "start"], name="telemetry_warning_site"),
        ]
