from django.apps import AppConfig


class LakeConfig(AppConfig):
    name = "hunhe.hub.lake"
    label = "lake"
