from django.apps import AppConfig


class CollectConfig(AppConfig):
    name = "hunhe.hub.collect"
    label = "collect"

    def ready(self) -> None:
        from hunhe.hub.collect import answering, content, corrections, indicators, jobs
        from hunhe.kernel.flow import actions as flow
        from hunhe.stone.errors import msgid
        from hunhe.stone.who import Who
        from hunhe.ui import pages

        content.register()
        jobs.register()
        answering.register()
        indicators.register()
        flow.register_case_page(who=Who.system("start"), begin=corrections.beginning)
        batches = pages.Page(
            skin="desk",
            url_name="collect:batches",
            label=msgid("Batches"),
            about=msgid("What came from the systems, and which rows were held back."),
            icon="database",
            may="collect.may_see_batches",
            order=30,
        )
        pages.register(batches)
