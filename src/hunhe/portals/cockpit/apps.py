from django.apps import AppConfig

from hunhe.stone.errors import msgid


class CockpitConfig(AppConfig):
    name = "hunhe.portals.cockpit"
    label = "cockpit"

    def ready(self) -> None:
        from hunhe.portals.cockpit import content, indicators, orders
        from hunhe.ui.pages import Page, register

        content.register()
        indicators.register()
        orders.subscribe()
        register(
            Page(
                skin="cockpit",
                url_name="cockpit:wall",
                label=msgid("Wall of today"),
                icon="wave-sine",
                may="cockpit.may_see",
                order=0,
            )
        )
        for name, label, icon, order in (
            ("cockpit:happenings", msgid("What happened today"), "timeline-event", 5),
            ("cockpit:orders", msgid("Orders about numbers"), "message-question", 8),
            ("cockpit:indicators", msgid("All indicators"), "list-numbers", 10),
            ("cockpit:claims", msgid("Numbers of the article"), "article", 20),
        ):
            register(Page(skin="cockpit", url_name=name, label=label, icon=icon, may="cockpit.may_see", order=order))
        register(
            Page(
                skin="desk",
                url_name="cockpit:wall",
                label=msgid("Cockpit"),
                about=msgid("The city's numbers of today, each down to its lines."),
                icon="dashboard",
                may="cockpit.may_see",
                order=80,
            )
        )
