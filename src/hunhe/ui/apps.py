from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "hunhe.ui"
    label = "ui"
