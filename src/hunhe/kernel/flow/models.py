"""Tables of the engine. History is append-only; everything a list shows stands on the row it lists."""

from collections.abc import Sequence

from django.db import models
from django.db.models import Q

NEVER = "9999-12-31T00:00:00+00:00"
"""Sort key of tasks without a limit: they come last."""


class Procedure(models.Model):
    """One version of a procedure. used: a case runs on it, so its body stays as it is."""

    code = models.CharField(max_length=48)
    version = models.CharField(max_length=16)
    digest = models.CharField(max_length=64)
    body = models.TextField()
    active = models.BooleanField(default=True)
    used = models.BooleanField(default=False)
    applied_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="flow_procedure_version"),
            models.UniqueConstraint(fields=["code"], condition=Q(active=True), name="flow_procedure_active"),
        ]


class Number(models.Model):
    """The last number given per area and month, `210100-2611`."""

    prefix = models.CharField(max_length=32, primary_key=True)
    last = models.PositiveIntegerField(default=0)


class Case(models.Model):
    id = models.CharField(max_length=40, primary_key=True)
    number = models.CharField(max_length=48, unique=True)
    procedure = models.ForeignKey(Procedure, on_delete=models.PROTECT, related_name="+")
    procedure_code = models.CharField(max_length=48)
    procedure_name = models.CharField(max_length=200)
    version = models.CharField(max_length=16)
    title = models.CharField(max_length=200)
    stage = models.CharField(max_length=48)
    stage_name = models.CharField(max_length=200)
    state = models.CharField(max_length=12)
    outcome = models.CharField(max_length=48, default="")
    pause = models.CharField(max_length=48, default="")
    origin = models.CharField(max_length=12)
    department = models.CharField(max_length=64)
    subject_id = models.CharField(max_length=64, null=True)  # noqa: DJ001  # no subject is not an empty subject
    opened_by = models.CharField(max_length=128)
    key = models.CharField(max_length=128)
    key_digest = models.CharField(max_length=64)
    facts = models.JSONField(default=dict)
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    rev = models.PositiveIntegerField(default=1)
    seq = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["opened_by", "key"], name="flow_case_key")]
        indexes = [
            models.Index(fields=["subject_id", "-opened_at"], name="flow_case_subject", condition=Q(subject_id__isnull=False)),
            models.Index(fields=["department", "id"], name="flow_case_department"),
        ]


def posts_text(posts: Sequence[str]) -> str:
    """Posts as a task keeps them: each between blanks, so that one is found as a part of the text."""
    return "".join(f" {post}" for post in posts) + " " if posts else ""


class Task(models.Model):
    """One turn. posts: roles or codes of those that may take it, empty: every one that holds the permission. live: 1 while open or paused, a number so that SQLite
    searches its index by it (it does not by a bare boolean). order_at is due_at, or the end of time. up_*: who above also sees it since it is late. extension: of its limit, `asked` by whom and why, then `given`."""

    id = models.CharField(max_length=40, primary_key=True)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+")
    stage = models.CharField(max_length=48)
    stage_name = models.CharField(max_length=200)
    department = models.CharField(max_length=64, default="")
    may = models.CharField(max_length=64, default="")
    posts = models.CharField(max_length=2000, default="")
    for_subject = models.BooleanField(default=False)
    account = models.CharField(max_length=64, null=True)  # noqa: DJ001  # nobody in particular
    state = models.CharField(max_length=12, default="open")
    live = models.SmallIntegerField(default=1)
    arrived_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    order_at = models.DateTimeField()
    limit_index = models.SmallIntegerField(null=True)
    overdue = models.BooleanField(default=False)
    paused_at = models.DateTimeField(null=True)
    pause = models.CharField(max_length=48, default="")
    extension = models.CharField(max_length=8, default="")
    extension_by = models.CharField(max_length=128, default="")
    extension_why = models.TextField(default="")
    up_department = models.CharField(max_length=64, default="")
    up_may = models.CharField(max_length=64, default="")
    done_at = models.DateTimeField(null=True)
    done_by = models.CharField(max_length=128, default="")

    class Meta:
        indexes = [
            models.Index(fields=["department", "live", "order_at", "id"], name="flow_task_inbox"),
            models.Index(fields=["up_department", "live", "order_at", "id"], name="flow_task_above"),
            models.Index(fields=["case", "live"], name="flow_task_case"),
        ]


class Timer(models.Model):
    """One thing that happens unless the task is done first. what: `due`, or the index of a time-out of the stage."""

    id = models.CharField(max_length=40, primary_key=True)
    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="+")
    what = models.CharField(max_length=8)
    at = models.DateTimeField()
    state = models.CharField(max_length=12, default="armed")


class Event(models.Model):
    """History, append-only."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+")
    seq = models.PositiveIntegerField()
    what = models.CharField(max_length=12)
    move = models.CharField(max_length=48, default="")
    name = models.CharField(max_length=200, default="")
    from_stage = models.CharField(max_length=48, default="")
    to_stage = models.CharField(max_length=200, default="")
    by = models.CharField(max_length=128)
    by_name = models.CharField(max_length=128, default="")
    department = models.CharField(max_length=64, default="")
    at = models.DateTimeField()
    note = models.TextField(default="")
    facts = models.JSONField(default=dict)
    seen = models.JSONField(default=dict)
    key = models.CharField(max_length=128, null=True)  # noqa: DJ001  # no key is not an empty key
    entry_id = models.CharField(max_length=64, default="")
    as_of = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "seq"], name="flow_event_seq"),
            models.UniqueConstraint(fields=["case", "by", "key"], name="flow_event_key"),
        ]


class Effect(models.Model):
    """What an upper room is asked to do, once. The case waits in `effecting` until every one is done."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+")
    seq = models.PositiveIntegerField()
    name = models.CharField(max_length=96)
    by = models.CharField(max_length=128)
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "seq", "name"], name="flow_effect_once")]
