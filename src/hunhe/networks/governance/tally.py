"""Counting what the network did."""

from datetime import datetime

from django.db.models import Count, F, Max, Q

from hunhe.networks.governance import models
from hunhe.networks.governance.shapes import DayCount, State


def count(start: datetime, end: datetime, now: datetime) -> DayCount:
    """Two queries over problems, one over reports, one by district."""

    def within(field: str) -> Q:
        return Q(**{f"{field}__gte": start, f"{field}__lt": end})

    problems = models.Problem.objects.aggregate(
        reported=Count("id", filter=within("reported_at")),
        filed=Count("id", filter=within("reported_at") & Q(filed_at__isnull=False)),
        dispatched=Count("id", filter=within("dispatched_at")),
        fixed=Count("id", filter=within("fixed_at")),
        settled=Count("id", filter=within("settled_at")),
        reworked=Count("id", filter=within("fixed_at") & Q(reworks__gt=0)),
        due=Count("id", filter=within("fixed_at") & Q(fix_due_at__isnull=False)),
        on_time=Count("id", filter=within("fixed_at") & Q(fix_due_at__gte=F("fixed_at"))),
        waiting=Count("id", filter=Q(live=1, state=State.WAITING)),
        doing=Count("id", filter=Q(live=1, state=State.DOING)),
        checking=Count("id", filter=Q(live=1, state=State.CHECKING)),
        overdue=Count("id", filter=Q(live=1, due_at__lt=now)),
    )
    reports = models.Report.objects.filter(at__gte=start, at__lt=end).aggregate(count=Count("id"), last=Max("at"))
    districts = (
        models.Problem.objects.filter(reported_at__gte=start, reported_at__lt=end)
        .values("district")
        .annotate(count=Count("id"))
        .order_by("district")
    )
    return DayCount(
        reports=reports["count"],
        last_at=reports["last"],
        by_district={row["district"]: row["count"] for row in districts},
        **problems,
    )
