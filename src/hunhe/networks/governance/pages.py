"""The network's places in the navigation."""

from dataclasses import replace

from hunhe.stone.errors import msgid
from hunhe.ui.pages import Page, register


def register_pages() -> None:
    register(Page(skin="citizen", url_name="governance:mine", label=msgid("Street"), icon="map-pin", order=35))
    for page in (
        Page(
            skin="desk",
            url_name="governance:board",
            label=msgid("Dispatch"),
            about=msgid("Problems on the map: send each to a team."),
            icon="map-2",
            may="governance.may_dispatch",
        ),
        Page(
            skin="desk",
            url_name="governance:orders",
            label=msgid("Orders"),
            about=msgid("What your team has to fix, and the photo that proves it."),
            icon="truck",
            may="governance.may_fix",
        ),
        Page(
            skin="desk",
            url_name="governance:checks",
            label=msgid("To check"),
            about=msgid("Go and see whether it is fixed."),
            icon="checklist",
            may="governance.may_check",
        ),
        Page(
            skin="desk",
            url_name="governance:patrol",
            label=msgid("Patrol"),
            about=msgid("Report what you see on your round, with photo and place."),
            icon="camera-plus",
            may="governance.may_patrol",
        ),
        Page(
            skin="desk",
            url_name="governance:overdue",
            label=msgid("Overdue"),
            about=msgid("What is late, and with whom."),
            icon="alarm",
            may="governance.may_see_overdue",
        ),
        Page(
            skin="desk",
            url_name="governance:teams",
            label=msgid("Teams"),
            about=msgid("Who is in which team and who answers where; what is vacant."),
            icon="users-group",
            may="governance.may_see_problems",
        ),
    ):
        register(replace(page, order=5))
