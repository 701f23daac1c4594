from django.apps import AppConfig

from hunhe.stone.errors import msgid


class UiConfig(AppConfig):
    name = "hunhe.ui"
    label = "ui"

    def ready(self) -> None:
        from hunhe.ui import checks  # noqa: F401  # registers the check of the pages
        from hunhe.ui.pages import Page, register

        register(Page(skin="citizen", url_name="ui:settings", label=msgid("Settings"), icon="adjustments", order=90))
        register(Page(skin="developer", url_name="ui:components", label=msgid("Components"), icon="components", order=90))
