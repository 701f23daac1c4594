from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "hunhe.hub.exchange"
    label = "exchange"
