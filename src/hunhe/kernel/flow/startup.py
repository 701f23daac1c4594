"""What the room tells others at start."""

from hunhe.kernel.city import actions as city
from hunhe.kernel.events import actions as events
from hunhe.kernel.flow import content, effects, holding, timers, turns
from hunhe.stone.errors import msgid
from hunhe.stone.who import Who
from hunhe.ui import pages


def register() -> None:
    system = Who.system("flow")
    city.register_content(who=system, room="flow", check=content.check, apply=content.apply, after=("org", "identity"))
    events.register_job(who=system, kind=effects.JOB, handler=effects.run)
    holding.register()
    events.register_job(who=system, kind=turns.TIMER_JOB, handler=timers.fire)


def show_pages() -> None:
    inbox = pages.Page(
        skin="desk",
        url_name="flow:inbox",
        label=msgid("Inbox"),
        about=msgid("Cases that wait for your department."),
        icon="inbox",
        may="flow.may_move_cases",
        order=10,
    )
    pages.register(inbox)
    pages.register(pages.Page(skin="citizen", url_name="flow:mine", label=msgid("My cases"), icon="file-text", order=30))
