"""The one table of the register: who switched a function, and why."""

from django.db import models


class Switch(models.Model):
    """A function that its owner has switched on or off on screen; without a row the file speaks."""

    function = models.CharField(max_length=60, primary_key=True)
    on = models.BooleanField()
    reason = models.CharField(max_length=200, blank=True, default="")
    by = models.CharField(max_length=80)
    at = models.DateTimeField()
