"""The city's date."""

from datetime import date

from django.utils import timezone

from hunhe.stone import clock


def today() -> date:
    return timezone.localtime(clock.now()).date()
