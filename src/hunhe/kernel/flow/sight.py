"""Who may see a case."""

from collections.abc import Sequence

from django.db.models import Q

from hunhe.kernel.flow import models
from hunhe.stone.door import CROSS_DEPARTMENTS
from hunhe.stone.who import Who


def may_see(who: Who, case: models.Case, tasks: Sequence[models.Task] = ()) -> bool:
    """The subject, whoever opened it, its department, every department that has or had a turn in it or a superior's eye on it.

    tasks: those already at hand, to spare a look at the table.
    """
    if who.is_system or who.id == case.opened_by or (who.kind == "official" and CROSS_DEPARTMENTS in who.may):
        return True
    if who.kind == "citizen":
        return who.subject_id is not None and who.subject_id == case.subject_id
    if who.kind not in ("official", "client") or not who.department:
        return False
    if who.department == case.department or any(task.department == who.department for task in tasks):
        return True
    every = models.Task.objects.filter(case=case)
    return every.filter(Q(department=who.department) | Q(up_department=who.department)).exists()
