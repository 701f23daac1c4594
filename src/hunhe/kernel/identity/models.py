from typing import cast

from django.contrib.auth.models import AbstractUser
from django.db import models

from hunhe.kernel.identity import shapes
from hunhe.stone import ids


def new_account_id() -> str:
    return ids.new("acc")


class Account(AbstractUser):
    """One person's login. A citizen's subject_id names the person in the population base once real-named."""

    id = models.CharField(max_length=40, primary_key=True, default=new_account_id, editable=False)
    first_name = None  # type: ignore[assignment]  # Chinese names are one field
    last_name = None  # type: ignore[assignment]  # likewise
    display_name = models.CharField(max_length=120, blank=True)
    kind = models.CharField(max_length=10, default="citizen", choices=[("citizen", "citizen"), ("official", "official")])
    department = models.CharField(max_length=60, blank=True)
    subject_id = models.CharField(max_length=64, null=True, blank=True)  # noqa: DJ001  # unique among those that have one
    level = models.PositiveSmallIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "subject_id"], name="identity_account_subject"),
            models.CheckConstraint(condition=models.Q(level__lte=3), name="identity_account_level"),
        ]

    def shape(self) -> shapes.Account:
        kind: shapes.AccountKind = "official" if self.kind == "official" else "citizen"
        name = self.display_name or self.username
        return shapes.Account(
            self.id, self.username, name, kind, self.department or None, self.subject_id, self.level, self.is_active
        )


class Role(models.Model):
    """What the holder of a post may do; from content."""

    code = models.CharField(max_length=60, primary_key=True)
    name = models.CharField(max_length=120)
    duty = models.CharField(max_length=20)
    may = models.JSONField(default=list)

    def shape(self) -> shapes.Role:
        return shapes.Role(self.code, self.name, cast("shapes.Duty", self.duty), tuple(self.may))


class Appointment(models.Model):
    """An account holds a post between two days."""

    id = models.CharField(max_length=40, primary_key=True)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    post = models.ForeignKey("org.Post", on_delete=models.PROTECT, related_name="+")
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["account", "until"], name="identity_appointment_held")]

    def shape(self) -> shapes.Appointment:
        return shapes.Appointment(self.id, self.account_id, self.post_id, self.since, self.until)


class Delegation(models.Model):
    """The holder of a post lets a deputy act in it between two days."""

    id = models.CharField(max_length=40, primary_key=True)
    post = models.ForeignKey("org.Post", on_delete=models.PROTECT, related_name="+")
    holder = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    deputy = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    since = models.DateField()
    until = models.DateField()

    class Meta:
        indexes = [models.Index(fields=["deputy", "until"], name="identity_delegation_held")]

    def shape(self) -> shapes.Delegation:
        return shapes.Delegation(self.id, self.post_id, self.holder_id, self.deputy_id, self.since, self.until)


class RealNameLink(models.Model):
    """When an account rose to a level, and for which subject."""

    id = models.CharField(max_length=40, primary_key=True)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    subject_id = models.CharField(max_length=64)
    level = models.PositiveSmallIntegerField()
    raised_by = models.CharField(max_length=80)
    raised_at = models.DateTimeField()


class Client(models.Model):
    """A program of a department. Only the digest of its token is kept."""

    id = models.CharField(max_length=40, primary_key=True)
    name = models.CharField(max_length=120)
    department = models.CharField(max_length=60, db_index=True)
    digest = models.CharField(max_length=64, unique=True)
    hint = models.CharField(max_length=12)
    created_by = models.CharField(max_length=80)
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    def shape(self) -> shapes.Client:
        return shapes.Client(self.id, self.name, self.department, self.hint, self.created_at, self.revoked_at)


class Session(models.Model):
    """A browser that signed in to an account; `key` is the session's, gone with it."""

    id = models.CharField(max_length=40, primary_key=True)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=40, unique=True)
    device = models.CharField(max_length=40)
    begun_at = models.DateTimeField()
    seen_at = models.DateTimeField()
