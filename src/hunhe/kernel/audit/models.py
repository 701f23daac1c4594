from django.db import models


class SubjectKey(models.Model):
    """The key under which one subject's details are sealed, itself sealed by the master key.

    Erased: `sealed` empty and `subject_id` gone; the row stays as a tombstone. `subject_id` "" is for entries about nobody.
    """

    subject_id = models.TextField(null=True, unique=True)  # noqa: DJ001  # NULL: erased, "": about nobody; NULLs never collide
    sealed = models.BinaryField()
    reference = models.TextField(unique=True)
    erased_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "audit_subject_key"


class Entry(models.Model):
    """One act. `leaf_index` is NULL until the entry is sequenced."""

    entry_id = models.TextField(unique=True)
    leaf_index = models.BigIntegerField(null=True, unique=True)
    at = models.BigIntegerField()  # microseconds since 1970, UTC: exact in the leaf
    who = models.TextField()
    on_behalf_of = models.TextField()
    department = models.TextField()
    act = models.TextField()
    object = models.TextField()
    salt = models.BinaryField()
    key_id = models.BigIntegerField()  # SubjectKey; no constraint, so that appending stays one insert
    detail_commitment = models.BinaryField()
    detail = models.BinaryField()
    leaf_hash = models.BinaryField()

    class Meta:
        db_table = "audit_entry"
        indexes = [
            models.Index(fields=["object", "id"], name="audit_entry_object"),
            models.Index(fields=["id"], name="audit_entry_pending", condition=models.Q(leaf_index__isnull=True)),
        ]


class Tree(models.Model):
    """The one tree: how many leaves, and the frontier as concatenated hashes."""

    size = models.BigIntegerField()
    frontier = models.BinaryField()
    origin = models.TextField()
    note = models.TextField()

    class Meta:
        db_table = "audit_tree"


class Checkpoint(models.Model):
    """The newest checkpoint of each minute."""

    minute = models.BigIntegerField(primary_key=True)  # minutes since 1970
    size = models.BigIntegerField()
    root = models.BinaryField()
    note = models.TextField()

    class Meta:
        db_table = "audit_checkpoint"
