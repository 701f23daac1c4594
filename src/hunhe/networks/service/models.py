"""Tables of the service network."""

from django.db import models
from django.db.models import Q


class ServiceItem(models.Model):
    """One version of an item with its form. used: applications refer to it, so it stays as it is."""

    code = models.CharField(max_length=48)
    version = models.CharField(max_length=16)
    digest = models.CharField(max_length=64)
    body = models.TextField()
    form = models.TextField()
    name = models.CharField(max_length=300)
    words = models.TextField(default="")
    department = models.CharField(max_length=64)
    procedure = models.CharField(max_length=48)
    active = models.BooleanField(default=True)
    used = models.BooleanField(default=False)
    applied_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="service_item_version"),
            models.UniqueConstraint(fields=["code"], condition=Q(active=True), name="service_item_active"),
        ]


class Draft(models.Model):
    """An application being filled in. files: material → id in kernel.files. disputes: line → what the register has and the
    correction ticket of it. One open per person and item.
    """

    id = models.CharField(max_length=40, primary_key=True)
    item = models.ForeignKey(ServiceItem, on_delete=models.PROTECT, related_name="+")
    item_code = models.CharField(max_length=48)
    subject_id = models.CharField(max_length=64)
    account = models.CharField(max_length=64)
    state = models.CharField(max_length=12, default="open")
    answers = models.JSONField(default=dict)
    values = models.JSONField(default=dict)
    files = models.JSONField(default=dict)
    promises = models.JSONField(default=list)
    disputes = models.JSONField(default=dict)
    prefilled = models.BooleanField(default=False)
    case_id = models.CharField(max_length=40, null=True)  # noqa: DJ001  # not sent is not an empty case
    key = models.CharField(max_length=128, default="")
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subject_id", "item_code"], condition=Q(state="open"), name="service_draft_open"),
        ]


class Application(models.Model):
    """What was applied for, one per case. lapsed: nobody spoke in time, so it was accepted by law. landed: told to the hub."""

    case_id = models.CharField(max_length=40, primary_key=True)
    number = models.CharField(max_length=48, unique=True)
    item = models.ForeignKey(ServiceItem, on_delete=models.PROTECT, related_name="+")
    item_code = models.CharField(max_length=48)
    department = models.CharField(max_length=64)
    subject_id = models.CharField(max_length=64)
    applicant = models.CharField(max_length=100)
    channel = models.CharField(max_length=12)
    answers = models.JSONField(default=dict)
    values = models.JSONField(default=dict)
    disputes = models.JSONField(default=dict)
    sent_at = models.DateTimeField()
    taken_in_by = models.CharField(max_length=64, default="")
    taken_in_name = models.CharField(max_length=128, default="")
    spoken_consent = models.BooleanField(default=False)
    accepted_at = models.DateTimeField(null=True)
    corrected = models.BooleanField(default=False)
    lapsed = models.BooleanField(default=False)
    lapsed_at = models.DateTimeField(null=True)
    overdue = models.BooleanField(default=False)
    outcome = models.CharField(max_length=48, default="")
    closed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["sent_at"], name="service_application_sent"),
            models.Index(fields=["closed_at"], name="service_application_closed"),
            models.Index(fields=["lapsed_at"], name="service_application_lapsed", condition=Q(lapsed_at__isnull=False)),
            models.Index(fields=["department", "-sent_at"], name="service_application_dept"),
        ]


class Material(models.Model):
    """One material of an application: how it is met, and whether a clerk found it to fit."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="+")
    code = models.CharField(max_length=48)
    met_by = models.CharField(max_length=12, default="")
    grade = models.CharField(max_length=1, default="")
    proof = models.CharField(max_length=200, default="")
    file_id = models.CharField(max_length=40, default="")
    state = models.CharField(max_length=12, default="given")
    note = models.CharField(max_length=300, default="")
    checked_by = models.CharField(max_length=64, default="")
    checked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["application", "code"], name="service_material_once")]
        indexes = [models.Index(fields=["file_id"], name="service_material_file", condition=~Q(file_id=""))]


class Rating(models.Model):
    """One per case, by the person it was about. callback: case in which a bad one is answered. handed_by: who handed over the
    screen at the counter, empty where the person used a device of their own.
    """

    application = models.OneToOneField(Application, on_delete=models.CASCADE, primary_key=True, related_name="+")
    department = models.CharField(max_length=64)
    stars = models.PositiveSmallIntegerField()
    reasons = models.JSONField(default=list)
    comment = models.CharField(max_length=500, default="")
    at = models.DateTimeField()
    handed_by = models.CharField(max_length=64, default="")
    handed_name = models.CharField(max_length=128, default="")
    callback = models.CharField(max_length=40, default="")
    answered_at = models.DateTimeField(null=True)
    result = models.TextField(default="")

    class Meta:
        indexes = [models.Index(fields=["department", "-at"], name="service_rating_department")]
