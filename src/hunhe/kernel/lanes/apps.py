from django.apps import AppConfig


class LanesConfig(AppConfig):
    name = "hunhe.kernel.lanes"
    label = "lanes"
    verbose_name = "Lanes"

    def ready(self) -> None:
        from hunhe.kernel.lanes import django_side, shapes

        shapes.install(
            database=django_side.healthy_connection,
            batch=django_side.one_transaction,
            say=django_side.say,
            leave=django_side.leave,
        )
