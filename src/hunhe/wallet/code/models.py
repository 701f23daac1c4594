"""Tables of the code: devices, terminals, moments already shown, scans, questions to the police and where they are asked."""

from django.db import models


class Device(models.Model):
    """A key that a citizen's browser holds. number: random, stands sealed in certificates; public_key: hex, compressed."""

    id = models.CharField(max_length=40, primary_key=True)
    number = models.BigIntegerField(unique=True)
    account_id = models.CharField(max_length=40, db_index=True)
    subject_id = models.CharField(max_length=64)
    name = models.CharField(max_length=40)
    public_key = models.CharField(max_length=66, unique=True)
    state = models.CharField(max_length=10, default="active")
    enrolled_at = models.DateTimeField()
    renewed_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)


class Terminal(models.Model):
    """A place where a department scans codes, with a client of its own, so that a stolen one ends alone."""

    id = models.CharField(max_length=40, primary_key=True)
    department = models.CharField(max_length=60)
    name = models.CharField(max_length=60)
    place = models.CharField(max_length=60, blank=True, default="")
    function = models.CharField(max_length=60)
    client_id = models.CharField(max_length=40, unique=True)
    state = models.CharField(max_length=10, default="active")
    registered_by = models.CharField(max_length=80)
    registered_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    key = models.CharField(max_length=170, null=True, unique=True)  # noqa: DJ001  # null: none was sent

    class Meta:
        indexes = [models.Index(fields=["department", "id"], name="code_terminal_department")]


class Moment(models.Model):
    """A code that was shown and scanned: its digest, kept while the code could still be good. The row is the replay check."""

    digest = models.CharField(max_length=32, primary_key=True)
    scan_id = models.CharField(max_length=40)
    seen_at = models.DateTimeField(db_index=True)


class Scan(models.Model):
    """One scan, passed or refused. What was shown is not kept."""

    id = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField()
    terminal_id = models.CharField(max_length=40, default="")
    department = models.CharField(max_length=60)
    function = models.CharField(max_length=60, default="")
    device_id = models.CharField(max_length=40, default="")
    subject_id = models.CharField(max_length=64, null=True)  # noqa: DJ001  # null: nobody that the city could name
    outcome = models.CharField(max_length=8)
    code = models.CharField(max_length=20, default="")
    pseudonym = models.CharField(max_length=20, default="")
    entry_id = models.CharField(max_length=40)
    idempotency = models.CharField(max_length=170, null=True, unique=True)  # noqa: DJ001  # null: none was sent
    digest = models.CharField(max_length=64, default="")

    class Meta:
        indexes = [
            models.Index(fields=["department", "id"], name="code_scan_department"),
            models.Index(fields=["at"], name="code_scan_at"),
            models.Index(fields=["subject_id", "id"], name="code_scan_subject", condition=models.Q(subject_id__isnull=False)),
        ]


class Liveness(models.Model):
    """One question to the police about one account. ticket, page: what the police gave for it."""

    id = models.CharField(max_length=40, primary_key=True)
    account_id = models.CharField(max_length=40)
    subject_id = models.CharField(max_length=64)
    state = models.CharField(max_length=10, default="asked")
    ticket = models.CharField(max_length=80, default="")
    page = models.CharField(max_length=500, default="")
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["account_id", "id"], name="code_liveness_account")]
        constraints = [
            models.UniqueConstraint(fields=["account_id"], condition=models.Q(state="asked"), name="code_liveness_one_open")
        ]


class Connection(models.Model):
    """Where an outside service is reached; the secret is sealed with a key outside the data folder."""

    name = models.CharField(max_length=40, primary_key=True)
    location = models.CharField(max_length=500)
    secret = models.TextField(blank=True, default="")
    set_by = models.CharField(max_length=80)
    set_at = models.DateTimeField()
