from django.apps import AppConfig


class FunctionsConfig(AppConfig):
    name = "hunhe.wallet.functions"
    label = "functions"

    def ready(self) -> None:
        from hunhe.kernel.city import actions as city
        from hunhe.stone.who import Who
        from hunhe.wallet.functions import content, indicators, pages

        city.register_content(
            who=Who.system("start"), room="functions", check=content.check, apply=content.apply, after=("org",)
        )
        pages.register()
        indicators.register()
