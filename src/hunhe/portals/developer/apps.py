from django.apps import AppConfig

from hunhe.stone.errors import msgid


class DeveloperConfig(AppConfig):
    name = "hunhe.portals.developer"
    label = "developer"

    def ready(self) -> None:
        from hunhe.ui.pages import Page, register

        register(Page(skin="developer", url_name="developer:services", label=msgid("Services"), icon="api", order=0))
        register(Page(skin="developer", url_name="developer:keys", label=msgid("My keys"), icon="key", order=10))
        register(Page(skin="developer", url_name="developer:reference", label=msgid("API reference"), icon="book-2", order=20))
