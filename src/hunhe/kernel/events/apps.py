from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "hunhe.kernel.events"
    label = "events"
    verbose_name = "Events"
