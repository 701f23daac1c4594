from django.apps import AppConfig


class HouseConfig(AppConfig):
    name = "hunhe.house"
    label = "house"

    def ready(self) -> None:
        from hunhe.house import checks  # noqa: F401  # registers the checks of the laws
