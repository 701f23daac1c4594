from django.apps import AppConfig


class TelemetryConfig(AppConfig):
    name = "hunhe.hub.telemetry"
    label = "telemetry"

    def ready(self) -> None:
        from hunhe.hub.telemetry import startup

        startup.register()
