"""Counting licences by the state they are in today."""

from django.db.models import Count, Q

from hunhe.wallet.licence import models
from hunhe.wallet.licence.reading import today
from hunhe.wallet.licence.shapes import LicenceCounts, LicenceState


def in_state(state: LicenceState) -> Q:
    """Rows whose state is this one today: the calendar counts before the column does."""
    day = today()
    ended = Q(valid_until__lt=day)
    open_rows = Q(state__in=(LicenceState.ISSUED, LicenceState.VALID, LicenceState.SUSPENDED))
    if state == LicenceState.EXPIRED:
        return Q(state=LicenceState.EXPIRED) | (open_rows & ended)
    if state == LicenceState.VALID:
        return ~ended & (Q(state=LicenceState.VALID) | Q(state=LicenceState.ISSUED, valid_from__lte=day))
    if state == LicenceState.ISSUED:
        return ~ended & Q(state=LicenceState.ISSUED, valid_from__gt=day)
    if state == LicenceState.SUSPENDED:
        return ~ended & Q(state=LicenceState.SUSPENDED)
    return Q(state=state)


def count_by_state(department: str) -> LicenceCounts:
    """Used by the desk and by the indicators. One query."""
    rows = models.Licence.objects.filter(issuer=department) if department else models.Licence.objects.all()
    found = rows.aggregate(
        issued=Count("id"),
        with_case=Count("id", filter=~Q(case_id="")),
        **{state.value + "_": Count("id", filter=in_state(state)) for state in LicenceState},
    )
    return LicenceCounts({state.value: found[state.value + "_"] for state in LicenceState}, found["issued"], found["with_case"])
