from django.db import models


class Kind(models.Model):
    """One version of a kind of consent. A version that somebody consented to never changes."""

    code = models.CharField(max_length=60)
    version = models.CharField(max_length=20)
    name = models.CharField(max_length=60)
    text = models.TextField()
    purpose = models.TextField()
    basis = models.TextField()
    separate = models.BooleanField()
    withdrawable = models.BooleanField()
    days = models.PositiveIntegerField()
    guardian_below = models.PositiveSmallIntegerField()
    active = models.BooleanField(default=True)
    used = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="consent_kind_version"),
            models.UniqueConstraint(fields=["code"], condition=models.Q(active=True), name="consent_kind_active"),
        ]


class Consent(models.Model):
    """One giving. Only `state` changes after it, once, and its ending is a row of its own."""

    id = models.CharField(max_length=40, primary_key=True)
    subject_id = models.CharField(max_length=64)
    kind = models.ForeignKey(Kind, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=60)
    recipient = models.CharField(max_length=80, blank=True)
    purpose = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=12, default="given")
    given_by = models.CharField(max_length=80)
    key = models.CharField(max_length=128, null=True, blank=True)  # noqa: DJ001  # unique among those that came with one
    given_at = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)
    entry_id = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject_id", "code", "recipient"], condition=models.Q(state="given"), name="consent_one_stands"
            ),
            models.UniqueConstraint(fields=["given_by", "key"], name="consent_key_once"),
        ]
        indexes = [
            models.Index(fields=["subject_id", "id"], name="consent_of_subject"),
            models.Index(fields=["until"], name="consent_runs_out", condition=models.Q(state="given")),
            models.Index(fields=["given_at"], name="consent_given_at"),
        ]


class Ending(models.Model):
    """How and when a consent ended, and its leaf in the audit. A consent ends once."""

    consent = models.OneToOneField(Consent, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=12)
    by = models.CharField(max_length=80)
    at = models.DateTimeField(db_index=True)
    entry_id = models.TextField()


class Export(models.Model):
    """One copy of what the city holds about a person: asked for, made, ready for some days, gone."""

    id = models.CharField(max_length=40, primary_key=True)
    subject_id = models.CharField(max_length=64)
    account = models.CharField(max_length=40)
    state = models.CharField(max_length=10, default="waiting")
    key = models.CharField(max_length=128)
    asked_at = models.DateTimeField()
    ready_at = models.DateTimeField(null=True, blank=True)
    until = models.DateTimeField(null=True, blank=True)
    file_id = models.CharField(max_length=40, blank=True)
    size = models.BigIntegerField(default=0)
    rows = models.PositiveIntegerField(default=0)
    entry_id = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "key"], name="consent_export_key_once")]
        indexes = [
            models.Index(fields=["subject_id", "id"], name="consent_export_subject"),
            models.Index(fields=["until"], name="consent_export_ready", condition=models.Q(state="ready")),
        ]


class Erasure(models.Model):
    """What became of one room's holding in one erasure. The person is named by the case alone, which the archive keeps."""

    case_id = models.CharField(max_length=40)
    room = models.CharField(max_length=40)
    outcome = models.CharField(max_length=10)
    rows = models.PositiveIntegerField()
    why = models.TextField(blank=True)
    basis = models.TextField(blank=True)
    at = models.DateTimeField(db_index=True)
    entry_id = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case_id", "room"], name="consent_erasure_once")]
