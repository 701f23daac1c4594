"""Papers are made in processes of their own; the calendar is followed by the worker."""

from django.db import transaction

from hunhe.kernel.events.shapes import Job
from hunhe.stone.who import Who
from hunhe.wallet.licence import history, models
from hunhe.wallet.licence.reading import state_of, today
from hunhe.wallet.licence.shapes import LicenceState

_SYSTEM = Who.system("licence")
_SLICE = 200


def seal_licence(job: Job) -> None:
    """Set a licence in type, seal it, keep it."""
    from hunhe.wallet.licence import sealing

    sealing.seal_licence(job)


def seal_copy(job: Job) -> None:
    """The same for a use copy."""
    from hunhe.wallet.licence import sealing

    sealing.seal_copy(job)


def follow_calendar() -> int:
    """Write down what the calendar has done: licences that began to hold or ran out. Returns how many."""
    day = today()
    running = (LicenceState.ISSUED, LicenceState.VALID, LicenceState.SUSPENDED)
    late = models.Licence.objects.filter(state__in=running, valid_until__lt=day)
    begun = models.Licence.objects.filter(state=LicenceState.ISSUED, valid_from__lte=day)
    found = [*late.values_list("id", flat=True)[:_SLICE], *begun.values_list("id", flat=True)[:_SLICE]]
    for licence_id in dict.fromkeys(found):
        with transaction.atomic():
            row = models.Licence.objects.select_for_update().get(id=licence_id)
            state = state_of(row, day)
            if state.value != row.state:
                history.change(_SYSTEM, row, state, "")
    return len(found)
