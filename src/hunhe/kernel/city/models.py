from django.db import models


class Applied(models.Model):
    """One content file in force.

    digest_applied: of the file as last applied. digest_on_screen: of `text`, which operators may have changed since;
    the two differ exactly when they did. version grows by one with each change of `text`.
    """

    path = models.CharField(max_length=255, primary_key=True)
    room = models.CharField(max_length=120, db_index=True)
    layer = models.CharField(max_length=60)
    text = models.TextField()
    digest_applied = models.CharField(max_length=64)
    digest_on_screen = models.CharField(max_length=64)
    version = models.PositiveIntegerField(default=1)
    applied_at = models.DateTimeField()
