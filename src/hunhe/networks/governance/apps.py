from django.apps import AppConfig


class GovernanceConfig(AppConfig):
    name = "hunhe.networks.governance"
    label = "governance"

    def ready(self) -> None:
        from hunhe.kernel.city import actions as city
        from hunhe.kernel.flow import actions as flow
        from hunhe.networks.governance import climbing, content, following, holding, indicators, judging, landing, pages
        from hunhe.stone.who import Who

        start = Who.system("start")
        city.register_content(
            who=start, room="governance", check=content.check, apply=content.apply, after=("org", "places", "flow")
        )
        flow.register_case_page(who=start, find=following.case_page)
        following.subscribe()
        climbing.register()
        pages.register_pages()
        indicators.register()
        judging.register()
        landing.register()
        holding.register()
