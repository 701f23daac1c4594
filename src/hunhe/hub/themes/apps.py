from django.apps import AppConfig


class ThemesConfig(AppConfig):
    name = "hunhe.hub.themes"
    label = "themes"

    def ready(self) -> None:
        from hunhe.hub.themes import startup

        startup.register()
