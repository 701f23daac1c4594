"""Tables of the exchange: grants and their meters, calls, verification failures, asserted cases and their signers."""

from django.db import models


class Grant(models.Model):
    """The right of a department to call one service for one purpose; born of exactly one case."""

    id = models.CharField(max_length=40, primary_key=True)
    case_id = models.CharField(max_length=40, unique=True)
    service = models.CharField(max_length=140, db_index=True)
    resource = models.CharField(max_length=120)
    department = models.CharField(max_length=40)
    provider = models.CharField(max_length=40)
    purpose = models.CharField(max_length=200)
    basis = models.TextField(default="")
    columns = models.JSONField(default=dict)
    procedures = models.JSONField(default=list)
    row_filter = models.TextField(default="", db_default="")
    quota_per_day = models.PositiveIntegerField()
    expires_on = models.DateField()
    hold_basis = models.TextField(default="")
    hold_until = models.DateField(null=True)
    state = models.CharField(max_length=10, default="active")
    reason = models.TextField(default="")
    overreach = models.PositiveIntegerField(default=0)
    opened_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["department", "id"], name="exchange_grant_consumer"),
            models.Index(fields=["provider", "id"], name="exchange_grant_provider"),
        ]


class Edition(models.Model):
    """One row: counts changes to grants, so that a running lane knows within its own transaction when to read them anew."""

    id = models.PositiveSmallIntegerField(primary_key=True)
    number = models.PositiveBigIntegerField(default=0)


class Meter(models.Model):
    """What a grant has used on one city day."""

    grant = models.ForeignKey(Grant, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    used = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    overreach = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["grant", "day"], name="exchange_meter_day")]


class Call(models.Model):
    """One use, answered or refused: a call, or what passed another room's lane. Holds no data that was given out, only which.

    channel: label of the room it passed. title, place: what it was for and where, in words, where no service says so.
    """

    id = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField()
    day = models.DateField()
    client = models.CharField(max_length=40)
    department = models.CharField(max_length=40)
    service = models.CharField(max_length=140)
    resource = models.CharField(max_length=120)
    version = models.BigIntegerField(null=True)
    grant_id = models.CharField(max_length=40, default="")
    purpose = models.CharField(max_length=200)
    case_id = models.CharField(max_length=64, default="")
    case_number = models.CharField(max_length=64, default="")
    officer = models.CharField(max_length=80, default="")
    origin = models.CharField(max_length=12, default="")
    subject_id = models.CharField(max_length=40, null=True)  # noqa: DJ001  # null: about nobody; an index skips it
    outcome = models.CharField(max_length=8)
    code = models.CharField(max_length=20, default="")
    given = models.JSONField(default=list)
    masked = models.JSONField(default=list)
    withheld = models.JSONField(default=list)
    hold_basis = models.TextField(default="")
    hold_until = models.DateField(null=True)
    entry_id = models.CharField(max_length=40)
    leaf_hash = models.CharField(max_length=64, default="")
    idempotency = models.CharField(max_length=170, null=True, unique=True)  # noqa: DJ001  # null: none was sent
    digest = models.CharField(max_length=64, default="")
    channel = models.CharField(max_length=20, default="exchange", db_default="exchange")
    title = models.CharField(max_length=120, default="", db_default="")
    place = models.CharField(max_length=120, default="", db_default="")
    rows = models.PositiveIntegerField(default=0, db_default=0)

    class Meta:
        indexes = [
            models.Index(
                fields=["subject_id", "id"], name="exchange_call_subject", condition=models.Q(subject_id__isnull=False)
            ),
            models.Index(fields=["department", "id"], name="exchange_call_department"),
            models.Index(fields=["entry_id"], name="exchange_call_entry"),
            models.Index(fields=["at"], name="exchange_call_at"),
        ]


class Failure(models.Model):
    """Failed verifications of one caller about one key on one day. The key itself is not kept, only a keyed digest."""

    client = models.CharField(max_length=40)
    key = models.CharField(max_length=64)
    day = models.DateField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["client", "key", "day"], name="exchange_failure_day")]


class Signer(models.Model):
    """A public key with which a department's own system vouches for its cases."""

    id = models.CharField(max_length=40, primary_key=True)
    department = models.CharField(max_length=40, db_index=True)
    name = models.CharField(max_length=80)
    public_key = models.TextField()
    fingerprint = models.CharField(max_length=64, unique=True)
    added_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)


class Assertion(models.Model):
    """A department's signed word that it has an open case about somebody; short-lived."""

    id = models.CharField(max_length=40, primary_key=True)
    department = models.CharField(max_length=40)
    case = models.CharField(max_length=64)
    subject_id = models.CharField(max_length=40)
    procedure = models.CharField(max_length=80)
    officer = models.CharField(max_length=80)
    signer = models.ForeignKey(Signer, on_delete=models.PROTECT, related_name="+")
    signature = models.TextField()
    asserted_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["department", "case"], name="exchange_assertion_case")]


class Counted(models.Model):
    """What may be told of one version of a resource in numbers: counts by one and by two columns, small ones left out."""

    resource = models.CharField(max_length=120)
    version = models.BigIntegerField()
    smallest = models.PositiveIntegerField()
    told = models.JSONField()
    counted_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["resource", "version"], name="exchange_counted_once")]


class Feed(models.Model):
    """The numbered changes of one data set: how far its batches have been published, and the last number given."""

    table = models.CharField(max_length=160, primary_key=True)
    batch_seq = models.BigIntegerField()
    version = models.BigIntegerField(null=True)
    last = models.BigIntegerField(default=0)
    begun_at = models.DateTimeField()


class Segment(models.Model):
    """A run of changes with the numbers `first` to `last`, packed; written once, in the transaction that gave the numbers."""

    feed = models.ForeignKey(Feed, on_delete=models.CASCADE, related_name="+")
    first = models.BigIntegerField()
    last = models.BigIntegerField()
    version = models.BigIntegerField()
    at = models.DateTimeField()
    body = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["feed", "first"], name="exchange_segment_once")]
        indexes = [models.Index(fields=["feed", "last"], name="exchange_segment_after")]


class Subscription(models.Model):
    """Where the changes that a grant gives are sent, and how far that has come.

    sent: the last number that left the house, on record before it left; acknowledged: the last number confirmed.
    wave: which job sends at present, if busy.
    """

    id = models.CharField(max_length=40, primary_key=True)
    grant = models.ForeignKey(Grant, on_delete=models.PROTECT, related_name="+")
    department = models.CharField(max_length=40)
    feed = models.ForeignKey(Feed, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=80)
    way = models.CharField(max_length=10)
    address = models.CharField(max_length=500)
    secret = models.TextField()
    state = models.CharField(max_length=10, default="active")
    sent = models.BigIntegerField()
    acknowledged = models.BigIntegerField()
    acknowledged_at = models.DateTimeField(null=True)
    busy = models.BooleanField(default=False)
    wave = models.BigIntegerField(default=0)
    opened_by = models.CharField(max_length=80)
    opened_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["department", "id"], name="exchange_subscription_dept")]


class Handover(models.Model):
    """One subscription's day: rows confirmed, rows sent more than once, and how many the receiver says it has."""

    subscription = models.ForeignKey(Subscription, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    acknowledged = models.PositiveBigIntegerField(default=0)
    repeated = models.PositiveBigIntegerField(default=0)
    counted = models.PositiveBigIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subscription", "day"], name="exchange_handover_day")]


class SetAside(models.Model):
    """Changes that a receiver would not take and a person put aside, so that the following could pass."""

    subscription = models.ForeignKey(Subscription, on_delete=models.CASCADE, related_name="+")
    first = models.BigIntegerField()
    last = models.BigIntegerField()
    error = models.TextField()
    by = models.CharField(max_length=80)
    at = models.DateTimeField()
