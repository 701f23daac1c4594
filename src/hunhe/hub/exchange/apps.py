from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "hunhe.hub.exchange"
    label = "exchange"

    def ready(self) -> None:
        from hunhe.hub.exchange import (
            content,
            counting,
            effects,
            feeds,
            holding,
            indicators,
            judging,
            notices,
            pages,
            pushing,
            reaching,
            verification,
            waking,
        )
        from hunhe.kernel.audit import actions as audit
        from hunhe.kernel.city import actions as city
        from hunhe.kernel.events import actions as events
        from hunhe.kernel.flow import actions as flow
        from hunhe.stone.who import Who

        start = Who.system("start")
        city.register_content(who=start, room="exchange", check=content.check, apply=content.apply)
        flow.register_effect(who=start, name=effects.OPEN_GRANT, handler=effects.open_grant)
        flow.register_check(who=start, name=judging.APPLICATION, check=judging.application)
        flow.register_check(who=start, name=judging.DECISION, check=judging.decision)
        flow.register_case_page(who=start, find=pages.case_page, begin=pages.beginning)
        audit.register_check(who=start, name="exchange.calls", function=verification.check_calls)
        audit.register_check(who=start, name="exchange.pushes", function=verification.check_pushes)
        events.register_job(who=start, kind=counting.JOB, handler=counting.count_version, heavy=True)
        events.register_job(who=start, kind=feeds.JOB, handler=feeds.publish_changes, heavy=True)
        events.register_job(who=start, kind=waking.JOB, handler=pushing.push, heavy=True, attempts=pushing.ATTEMPTS)
        events.subscribe(who=start, name="collect.batch.reconciled", subscriber="exchange", handler=feeds.on_batch)
        notices.subscribe()
        holding.register()
        pages.register()
        indicators.register()
        reaching.register()
