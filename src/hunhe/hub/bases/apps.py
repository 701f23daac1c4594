from django.apps import AppConfig


class BasesConfig(AppConfig):
    name = "hunhe.hub.bases"
    label = "bases"

    def ready(self) -> None:
        from hunhe.hub.bases import content, holding, indicators, jobs, own
        from hunhe.kernel.consent import actions as consent
        from hunhe.stone.errors import msgid
        from hunhe.stone.who import Who
        from hunhe.ui import pages

        content.register()
        jobs.register()
        holding.register()
        consent.register_kin(who=Who.system("start"), age=own.age_of)
        indicators.register()
        pages.register(
            pages.Page(
                skin="desk",
                url_name="bases:bases",
                label=msgid("Golden records"),
                about=msgid("One record for each person and firm, and where each field is from."),
                icon="users",
                may="bases.may_see_golden",
                order=35,
            )
        )
