from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    name = "hunhe.hub.catalogue"
    label = "catalogue"

    def ready(self) -> None:
        from hunhe.hub.catalogue import content, indicators, jobs
        from hunhe.stone.errors import msgid
        from hunhe.ui import pages

        content.register()
        jobs.register()
        indicators.register()
        entries = pages.Page(
            skin="desk",
            url_name="catalogue:entries",
            label=msgid("Catalogue"),
            about=msgid("What data the city has, whose it is, and how to ask for it."),
            icon="stack-2",
            may="flow.may_move_cases",
            order=20,
        )
        pages.register(entries)
