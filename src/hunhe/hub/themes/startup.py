"""What the room tells others at start."""

from hunhe.hub.themes import checking, indicators, jobs, verification
from hunhe.kernel.audit import actions as audit
from hunhe.stone.errors import msgid
from hunhe.stone.who import Who
from hunhe.ui import pages


def register() -> None:
    checking.register()
    jobs.register()
    indicators.register()
    audit.register_check(who=Who.system("start"), name="lineage", function=verification.check)
    pages.register(
        pages.Page(
            skin="desk",
            url_name="themes:themes",
            label=msgid("Themes"),
            about=msgid("What the city's data says by theme, and what each number rests on."),
            icon="sitemap",
            may="themes.may_see",
            order=36,
        )
    )
