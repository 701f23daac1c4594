from django.apps import AppConfig


class ConsentConfig(AppConfig):
    name = "hunhe.kernel.consent"
    label = "consent"

    def ready(self) -> None:
        from hunhe.kernel.city import actions as city
        from hunhe.kernel.consent import content, ending, exporting, own
        from hunhe.kernel.events import actions as events
        from hunhe.stone.errors import msgid
        from hunhe.stone.who import Who
        from hunhe.ui import pages

        start = Who.system("start")
        city.register_content(who=start, room="consent", check=content.check, apply=content.apply)
        events.register_periodic(who=start, name="consent.expire", seconds=60, function=ending.expire_due)
        events.register_periodic(who=start, name="consent.expire_exports", seconds=300, function=exporting.expire_due)
        events.register_job(who=start, kind=exporting.JOB, handler=exporting.handle, heavy=True, attempts=exporting.ATTEMPTS)
        own.register()
        pages.register(
            pages.Page(
                skin="citizen", url_name="consent:consents", label=msgid("What I allowed"), icon="heart-handshake", order=80
            )
        )
