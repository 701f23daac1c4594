"""The network's places in the navigation."""

from dataclasses import replace

from hunhe.stone.errors import msgid
from hunhe.ui.pages import Page, register


def register_pages() -> None:
    register(Page(skin="citizen", url_name="governance:mine", label=msgid("Street"), icon="map-pin", order=35))
    for page in (
        Page(skin="desk", url_name="governance:board", label=msgid("Dispatch"), icon="map-2", may="governance.may_dispatch"),
        Page(skin="desk", url_name="governance:orders", label=msgid("Orders"), icon="truck", may="governance.may_fix"),
        Page(skin="desk", url_name="governance:checks", label=msgid("To check"), icon="checklist", may="governance.may_check"),
        Page(skin="desk", url_name="governance:patrol", label=msgid("Patrol"), icon="camera-plus", may="governance.may_patrol"),
        Page(skin="desk", url_name="governance:overdue", label=msgid("Overdue"), icon="alarm", may="governance.may_supervise"),
    ):
        register(replace(page, order=5))
