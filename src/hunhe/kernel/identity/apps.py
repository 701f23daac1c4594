from django.apps import AppConfig


class IdentityConfig(AppConfig):
    name = "hunhe.kernel.identity"
    label = "identity"
