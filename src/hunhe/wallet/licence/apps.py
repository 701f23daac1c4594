from django.apps import AppConfig


class LicenceConfig(AppConfig):
    name = "hunhe.wallet.licence"
    label = "licence"

    def ready(self) -> None:
        from hunhe.wallet.licence import startup

        startup.register()
