from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    name = "hunhe.hub.catalogue"
    label = "catalogue"

    def ready(self) -> None:
        from hunhe.hub.catalogue import content

        content.register()
