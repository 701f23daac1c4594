from django.apps import AppConfig


class CodeConfig(AppConfig):
    name = "hunhe.wallet.code"
    label = "code"

    def ready(self) -> None:
        from hunhe.kernel.audit import actions as audit
        from hunhe.kernel.events import actions as events
        from hunhe.stone.who import Who
        from hunhe.wallet.code import holding, indicators, jobs, liveness, pages, verification

        start = Who.system("start")
        events.register_job(who=start, kind=liveness.ASK, handler=liveness.run_ask, atomic=False)
        events.register_job(who=start, kind=liveness.FOLLOW, handler=liveness.run_follow, atomic=False)
        events.register_periodic(who=start, name="code.tidy", seconds=60.0, function=jobs.tidy)
        holding.register()
        audit.register_check(who=start, name="code.scans", function=verification.check_scans)
        pages.register()
        indicators.register()
