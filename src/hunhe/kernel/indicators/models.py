from django.db import models


class DayFigure(models.Model):
    """What one indicator was on one day: as last counted, and for good once the day is over (`closed`). slots: events per ten
    minutes by number of the slot; empty where an indicator has no course."""

    indicator = models.CharField(max_length=120)
    day = models.DateField()
    total = models.BigIntegerField()
    whole = models.BigIntegerField()
    slots = models.JSONField(default=dict)
    as_of = models.DateTimeField(null=True)
    taken_at = models.DateTimeField()
    closed = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["day", "indicator"], name="indicators_dayfigure_once")]
        indexes = [models.Index(fields=["closed", "day"], name="indicators_dayfigure_open")]
