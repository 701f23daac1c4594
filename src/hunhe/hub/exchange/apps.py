from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "hunhe.hub.exchange"
    label = "exchange"

    def ready(self) -> None:
        from hunhe.hub.exchange import content, effects, holding, indicators, judging, notices, pages, reaching, verification
        from hunhe.kernel.audit import actions as audit
        from hunhe.kernel.city import actions as city
        from hunhe.kernel.flow import actions as flow
        from hunhe.stone.who import Who

        start = Who.system("start")
        city.register_content(who=start, room="exchange", check=content.check, apply=content.apply)
        flow.register_effect(who=start, name=effects.OPEN_GRANT, handler=effects.open_grant)
        flow.register_check(who=start, name=judging.APPLICATION, check=judging.application)
        flow.register_check(who=start, name=judging.DECISION, check=judging.decision)
        audit.register_check(who=start, name="exchange.calls", function=verification.check_calls)
        notices.subscribe()
        holding.register()
        pages.register()
        indicators.register()
        reaching.register()
