from django.apps import AppConfig

from hunhe.stone.errors import msgid


class CitizenConfig(AppConfig):
    name = "hunhe.portals.citizen"
    label = "citizen"

    def ready(self) -> None:
        from hunhe.portals.citizen import framing
        from hunhe.ui.pages import Page, register

        framing.register()
        register(Page(skin="citizen", url_name="citizen:home", label=msgid("Home"), icon="home", order=0))
        register(Page(skin="citizen", url_name="citizen:search", label=msgid("Find"), icon="search", order=60))
