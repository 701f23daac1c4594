from django.apps import AppConfig


class CollectConfig(AppConfig):
    name = "hunhe.hub.collect"
    label = "collect"

    def ready(self) -> None:
        from hunhe.hub.collect import content, jobs

        content.register()
        jobs.register()
