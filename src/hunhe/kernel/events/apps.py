from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "hunhe.kernel.events"
    label = "events"
    verbose_name = "Events"

    def ready(self) -> None:
        from hunhe.stone.errors import msgid
        from hunhe.ui import pages

        pages.register(
            pages.Page(
                skin="desk",
                url_name="events:jobs",
                label=msgid("Jobs"),
                about=msgid("What the city works on in the background, and what gave up."),
                icon="list-check",
                may="events.may_see_jobs",
                order=80,
            )
        )
