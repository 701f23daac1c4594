from django.apps import AppConfig


class CityConfig(AppConfig):
    name = "hunhe.kernel.city"
    label = "city"
