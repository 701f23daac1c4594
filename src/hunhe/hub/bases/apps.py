from django.apps import AppConfig


class BasesConfig(AppConfig):
    name = "hunhe.hub.bases"
    label = "bases"

    def ready(self) -> None:
        from hunhe.hub.bases import content, jobs

        content.register()
        jobs.register()
