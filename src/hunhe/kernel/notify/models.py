from django.db import models

from hunhe.kernel.notify import shapes


class Notice(models.Model):
    """audience: `account:ID`, `subject:ID`, `post:CODE`, `department:CODE` or `permission:CODE:PERMISSION` (CODE empty: in any department)."""

    key = models.CharField(max_length=200, unique=True)
    audience = models.CharField(max_length=200)
    title = models.CharField(max_length=200)
    body = models.TextField(default="")
    params = models.JSONField(default=dict)
    link = models.CharField(max_length=300, default="")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["audience", "id"], name="notify_notice_audience")]

    def shape(self, *, read: bool) -> shapes.Notice:
        return shapes.Notice(
            id=self.id, title=self.title, body=self.body, params=self.params, link=self.link, at=self.at, read=read
        )


class Reading(models.Model):
    """A reader has read one notice."""

    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="+")
    reader = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["reader", "notice"], name="notify_reading_once")]


class Mark(models.Model):
    """A reader has read everything up to a notice."""

    reader = models.CharField(max_length=64, primary_key=True)
    upto = models.BigIntegerField()
