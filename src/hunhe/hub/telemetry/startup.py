"""What the room tells others at start."""

from hunhe.hub.telemetry import content, indicators, jobs, landing, orders, verification
from hunhe.kernel.audit import actions as audit
from hunhe.kernel.city import actions as city
from hunhe.kernel.events import actions as events
from hunhe.stone.errors import msgid
from hunhe.stone.who import Who
from hunhe.ui import pages

SILENCE_SECONDS, LANDING_SECONDS = 20.0, 5.0


def register() -> None:
    start = Who.system("start")
    city.register_content(who=start, room="telemetry", check=content.check, apply=content.apply, after=("org", "flow"))
    events.register_job(who=start, kind=orders.JOB, handler=orders.open_order)
    events.register_job(who=start, kind=content.REJUDGE_JOB, handler=jobs.rejudge)
    events.register_job(who=start, kind=landing.JOB, handler=landing.land, atomic=False)
    events.register_periodic(who=start, name="telemetry.silence", seconds=SILENCE_SECONDS, function=jobs.find_silence)
    events.register_periodic(who=start, name="telemetry.landing", seconds=LANDING_SECONDS, function=landing.land_if_due)
    audit.register_check(who=start, name="telemetry.warnings", function=verification.check_warnings)
    indicators.register()
    pages.register(pages.Page(skin="citizen", url_name="telemetry:air", label=msgid("Air"), icon="wind", order=35))
    pages.register(
        pages.Page(
            skin="desk",
            url_name="telemetry:warnings",
            label=msgid("Warnings"),
            about=msgid("Readings over their limit, and the orders they opened."),
            icon="alert-triangle",
            may="telemetry.may_see_warnings",
            order=30,
        )
    )
