from django.apps import AppConfig


class IndicatorsConfig(AppConfig):
    name = "hunhe.kernel.indicators"
    label = "indicators"

    def ready(self) -> None:
        from hunhe.kernel.events import actions as events
        from hunhe.kernel.indicators import keeping
        from hunhe.stone.who import Who

        events.register_periodic(who=Who.system("start"), name="indicators.keep", seconds=keeping.EVERY, function=keeping.keep)
