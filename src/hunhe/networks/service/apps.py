from django.apps import AppConfig


class ServiceConfig(AppConfig):
    name = "hunhe.networks.service"
    label = "service"

    def ready(self) -> None:
        from hunhe.networks.service import startup

        startup.register()
        startup.show_pages()
