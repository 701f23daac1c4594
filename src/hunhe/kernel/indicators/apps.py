from django.apps import AppConfig


class IndicatorsConfig(AppConfig):
    name = "hunhe.kernel.indicators"
    label = "indicators"
