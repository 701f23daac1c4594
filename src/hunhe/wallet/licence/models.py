"""Tables of licences: versions, their history, use copies, checks, and the counters behind serials and rates."""

from django.db import models


class Licence(models.Model):
    """One version of one licence. Versions of the same licence share type, issuer code and serial."""

    id = models.CharField(max_length=40, primary_key=True)
    place = models.BigIntegerField(unique=True)  # in the status list; given once, never reused
    identifier = models.CharField(max_length=120, unique=True)
    type = models.CharField(max_length=48)
    type_name = models.CharField(max_length=200)
    issuer = models.CharField(max_length=40)
    issuer_code = models.CharField(max_length=18)
    serial = models.CharField(max_length=11)
    version = models.PositiveIntegerField(default=1)
    holder = models.CharField(max_length=40)
    values = models.JSONField(default=dict)
    case_id = models.CharField(max_length=40, default="", db_index=True)
    state = models.CharField(max_length=10)
    reason = models.TextField(default="")
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)
    code = models.CharField(max_length=26, unique=True)
    replaced_by = models.CharField(max_length=40, default="")
    key = models.CharField(max_length=200, unique=True)
    key_digest = models.CharField(max_length=64)
    credential = models.TextField(default="")
    file_id = models.CharField(max_length=40, default="")
    digest = models.CharField(max_length=64, default="", db_index=True)
    issued_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    rev = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["type", "issuer_code", "serial", "version"], name="licence_licence_version"),
        ]
        indexes = [
            models.Index(fields=["holder", "id"], name="licence_licence_holder"),
            models.Index(fields=["issuer", "id"], name="licence_licence_issuer"),
            models.Index(fields=["state", "valid_until"], name="licence_licence_expiry"),
        ]


class Change(models.Model):
    """One line of a licence's history; never changed, never removed."""

    licence = models.ForeignKey(Licence, on_delete=models.PROTECT, related_name="+")
    seq = models.PositiveIntegerField()
    state = models.CharField(max_length=10)
    before = models.CharField(max_length=10, default="")
    reason = models.TextField(default="")
    by = models.CharField(max_length=80)
    by_name = models.CharField(max_length=200, default="")
    department = models.CharField(max_length=40, default="")
    entry_id = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["licence", "seq"], name="licence_change_seq")]


class UseCopy(models.Model):
    """A paper for one purpose and recipient."""

    id = models.CharField(max_length=40, primary_key=True)
    licence = models.ForeignKey(Licence, on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=100)
    recipient = models.CharField(max_length=100)
    valid_until = models.DateField()
    code = models.CharField(max_length=26, unique=True)
    key = models.CharField(max_length=200, unique=True)
    made_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    file_id = models.CharField(max_length=40, default="")
    digest = models.CharField(max_length=64, default="", db_index=True)

    class Meta:
        db_table = "licence_use_copy"
        indexes = [models.Index(fields=["licence", "id"], name="licence_use_copy_licence")]


class Verification(models.Model):
    """One check of a licence, answered. Checks of what no licence is are in the audit log only."""

    id = models.CharField(max_length=40, primary_key=True)
    licence = models.ForeignKey(Licence, on_delete=models.PROTECT, related_name="+")
    copy_id = models.CharField(max_length=40, default="")
    way = models.CharField(max_length=10)
    answer = models.CharField(max_length=14)
    department = models.CharField(max_length=40, default="")
    case_id = models.CharField(max_length=40, default="")
    purpose = models.CharField(max_length=100, default="")
    entry_id = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["licence", "id"], name="licence_verification_licence")]


class Number(models.Model):
    """The last serial given out for a kind, an issuer and a year; the row of kind "" counts places in the status list."""

    type = models.CharField(max_length=48)
    issuer_code = models.CharField(max_length=18)
    year = models.PositiveIntegerField()
    last = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["type", "issuer_code", "year"], name="licence_number_year")]


class Meter(models.Model):
    """How often one address has checked within one minute. The address itself is not kept, only a keyed digest."""

    address = models.CharField(max_length=64)
    minute = models.BigIntegerField(db_index=True)
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["address", "minute"], name="licence_meter_minute")]
