from django.apps import AppConfig

from hunhe.stone.errors import msgid


class DeskConfig(AppConfig):
    name = "hunhe.portals.desk"
    label = "desk"

    def ready(self) -> None:
        from hunhe.ui.pages import Page, register

        register(Page(skin="desk", url_name="desk:landing", label=msgid("Today"), icon="layout-dashboard", order=0))
