from django.apps import AppConfig


class BasesConfig(AppConfig):
    name = "hunhe.hub.bases"
    label = "bases"

    def ready(self) -> None:
        from hunhe.hub.bases import content, indicators, jobs
        from hunhe.stone.errors import msgid
        from hunhe.ui import pages

        content.register()
        jobs.register()
        indicators.register()
        pages.register(
            pages.Page(
                skin="desk",
                url_name="bases:bases",
                label=msgid("Golden records"),
                icon="users",
                may="bases.may_see_golden",
                order=35,
            )
        )
