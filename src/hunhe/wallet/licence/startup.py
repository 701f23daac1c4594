"""What the room tells others at start."""

from hunhe.kernel.audit import actions as audit
from hunhe.kernel.city import actions as city
from hunhe.kernel.events import actions as events
from hunhe.kernel.flow import actions as flow
from hunhe.stone.who import Who
from hunhe.wallet.licence import content, copying, effects, holding, indicators, issuing, jobs, notices, pages, verification

EXPIRY_SECONDS = 60.0


def register() -> None:
    start = Who.system("start")
    city.register_content(who=start, room="licence", check=content.check, apply=content.apply, after=("org", "flow"))
    flow.register_effect(who=start, name=effects.ISSUE_LICENCE, handler=effects.issue_licence)
    events.register_job(who=start, kind=issuing.SEAL, handler=jobs.seal_licence, heavy=True)
    events.register_job(who=start, kind=copying.SEAL_COPY, handler=jobs.seal_copy, heavy=True)
    events.register_periodic(who=start, name="licence.calendar", seconds=EXPIRY_SECONDS, function=jobs.follow_calendar)
    audit.register_check(who=start, name="licence.licences", function=verification.check_licences)
    notices.subscribe()
    holding.register()
    indicators.register()
    pages.register()
