"""What the room tells others at start."""

from django.urls import reverse

from hunhe.kernel.city import actions as city
from hunhe.kernel.events import actions as events
from hunhe.kernel.files import actions as files
from hunhe.kernel.flow import actions as flow
from hunhe.kernel.flow.shapes import Case
from hunhe.networks.service import content, drafting, handling, hearing, holding, indicators, landing, models
from hunhe.stone.errors import msgid
from hunhe.stone.who import Who
from hunhe.ui import pages


def register() -> None:
    start = Who.system("start")
    city.register_content(who=start, room="service", check=content.check, apply=content.apply, after=("org", "flow"))
    events.register_job(who=start, kind=landing.JOB, handler=landing.land)
    flow.register_case_page(who=start, find=case_page)
    files.register_reader(who=start, purpose=drafting.PAPER, may_read=drafting.may_read)
    flow.register_supplier(who=start, name="service.checked_materials", supply=handling.checked_materials)
    flow.register_supplier(who=start, name="service.gaps", supply=handling.told_gaps)
    hearing.subscribe()
    holding.register()
    indicators.register()


def case_page(case: Case, skin: str) -> str:
    """Applications are shown here, with their form and materials."""
    if not models.Application.objects.filter(case_id=case.id).exists():
        return ""
    return reverse("service:my_case" if skin == "citizen" else "service:desk_case", args=[case.id])


def show_pages() -> None:
    pages.register(
        pages.Page(skin="citizen", url_name="service:items", label=msgid("Matters"), icon="clipboard-check", order=10)
    )
    pages.register(
        pages.Page(
            skin="desk",
            url_name="service:desk",
            label=msgid("Applications"),
            about=msgid("What people applied for, and the counter."),
            icon="clipboard-text",
            may="service.may_see_applications",
            order=11,
        )
    )
    pages.register(
        pages.Page(
            skin="desk",
            url_name="service:ratings",
            label=msgid("Ratings"),
            about=msgid("What people say of the service they got."),
            icon="star",
            may="service.may_see_ratings",
            order=12,
        )
    )
