"""Tables of the network. Times and state of a problem follow its case; the case in flow is the authority."""

from datetime import UTC, datetime

from django.db import models
from django.db.models import Q

NEVER = datetime(9000, 1, 1, tzinfo=UTC)


class Problem(models.Model):
    """One street problem; its id is its case's. live: 1 until settled. divisions: codes, largest first; district and division are
    the first and the last of them. team_post: post of the team's members. taker: who took the order.

    over_at: when it was closed or voided, NEVER while it is open. climbs_at: when the next level sees it.
    """

    id = models.CharField(max_length=40, primary_key=True)
    number = models.CharField(max_length=48, unique=True)
    kind = models.CharField(max_length=16)
    kind_name = models.CharField(max_length=100)
    component = models.CharField(max_length=40, default="")
    urgent = models.BooleanField(default=False)
    lon = models.FloatField()
    lat = models.FloatField()
    x = models.FloatField()
    y = models.FloatField()
    cell = models.CharField(max_length=40)
    divisions = models.JSONField(default=list)
    district = models.CharField(max_length=16, default="")
    division = models.CharField(max_length=16, default="")
    where = models.CharField(max_length=200, default="")
    place = models.CharField(max_length=200, default="")
    words = models.CharField(max_length=1000, default="")
    stage = models.CharField(max_length=48)
    stage_name = models.CharField(max_length=200)
    state = models.CharField(max_length=12)
    live = models.SmallIntegerField(default=1)
    team = models.CharField(max_length=40, default="")
    team_name = models.CharField(max_length=100, default="")
    team_post = models.CharField(max_length=121, default="")
    department = models.CharField(max_length=64, default="")
    taker = models.CharField(max_length=128, default="")
    taker_name = models.CharField(max_length=100, default="")
    reports = models.PositiveIntegerField(default=1)
    reworks = models.PositiveIntegerField(default=0)
    reopened = models.PositiveIntegerField(default=0)
    reported_at = models.DateTimeField()
    filed_at = models.DateTimeField(null=True)
    dispatched_at = models.DateTimeField(null=True)
    fixed_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    over_at = models.DateTimeField(default=NEVER)
    fix_due_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    level = models.CharField(max_length=20, default="")
    level_name = models.CharField(max_length=160, default="")
    level_holder = models.CharField(max_length=120, default="")
    climbs_at = models.DateTimeField(default=NEVER)
    rev = models.PositiveIntegerField(default=1)

    class Meta:
        indexes = [
            models.Index(fields=["kind", "live", "lat"], name="governance_problem_near"),
            models.Index(fields=["live", "due_at", "id"], name="governance_problem_turn"),
            models.Index(fields=["level", "live", "reported_at", "id"], name="governance_problem_level"),
            models.Index(fields=["climbs_at"], name="governance_problem_climb"),
            models.Index(fields=["state", "reported_at", "id"], name="governance_problem_list"),
            models.Index(fields=["team", "state", "reported_at", "id"], name="governance_problem_team"),
            models.Index(fields=["taker", "state", "reported_at", "id"], name="governance_problem_taker"),
            models.Index(fields=["reported_at", "id"], name="governance_problem_day"),
            models.Index(fields=["over_at"], name="governance_problem_over"),
            models.Index(fields=["settled_at"], name="governance_problem_settled"),
        ]


class Report(models.Model):
    """One person's report of a problem."""

    id = models.CharField(max_length=40, primary_key=True)
    problem = models.ForeignKey(Problem, on_delete=models.PROTECT, related_name="+")
    account = models.CharField(max_length=128)
    subject_id = models.CharField(max_length=64, default="")
    by_name = models.CharField(max_length=128, default="")
    anonymous = models.BooleanField(default=False)
    source = models.CharField(max_length=10)
    words = models.CharField(max_length=1000, default="")
    lon = models.FloatField()
    lat = models.FloatField()
    joined = models.BooleanField(default=False)
    at = models.DateTimeField()
    key = models.CharField(max_length=128)
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "key"], name="governance_report_key")]
        indexes = [
            models.Index(fields=["account", "id"], name="governance_report_mine"),
            models.Index(fields=["subject_id", "id"], name="governance_report_subject"),
            models.Index(fields=["problem", "account"], name="governance_report_problem"),
            models.Index(fields=["at"], name="governance_report_day"),
        ]


class Photo(models.Model):
    """A photo: the original kept as evidence, a copy without its data to show. problem is empty until it is used."""

    id = models.CharField(max_length=40, primary_key=True)
    problem = models.ForeignKey(Problem, on_delete=models.PROTECT, null=True, related_name="+")
    role = models.CharField(max_length=6, default="before")
    account = models.CharField(max_length=128)
    original = models.CharField(max_length=40)
    shown = models.CharField(max_length=40)
    digest = models.CharField(max_length=128)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    placed = models.CharField(max_length=6, default="")
    taken_at = models.DateTimeField(null=True)
    uploaded_at = models.DateTimeField()
    distance_m = models.PositiveIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "digest"], condition=Q(problem=None), name="governance_photo_once")
        ]
        indexes = [
            models.Index(fields=["problem", "id"], name="governance_photo_problem"),
            models.Index(fields=["digest"], name="governance_photo_digest"),
        ]


class Component(models.Model):
    """One thing that stands in the street."""

    code = models.CharField(max_length=40, primary_key=True)
    kind = models.CharField(max_length=16)
    name = models.CharField(max_length=100)
    lon = models.FloatField()
    lat = models.FloatField()
    cell = models.CharField(max_length=40)
    sample = models.BooleanField(default=True)

    class Meta:
        indexes = [models.Index(fields=["kind", "lat"], name="governance_component_near")]


class Queue(models.Model):
    """One row a class: whoever reports holds it, so that two first reports of one problem follow one another."""

    kind = models.CharField(max_length=16, primary_key=True)
