from django.apps import AppConfig


class FlowConfig(AppConfig):
    name = "hunhe.kernel.flow"
    label = "flow"

    def ready(self) -> None:
        from hunhe.kernel.flow import startup

        startup.register()
        startup.show_pages()
