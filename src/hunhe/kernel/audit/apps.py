from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "hunhe.kernel.audit"
    label = "audit"
    verbose_name = "Audit"

    def ready(self) -> None:
        from hunhe.kernel.audit import denials
        from hunhe.kernel.audit.actions import record, seal_if_pending
        from hunhe.kernel.city import actions as city
        from hunhe.kernel.city.shapes import Change
        from hunhe.kernel.events import actions as events
        from hunhe.kernel.events.shapes import Event
        from hunhe.stone import door
        from hunhe.stone.errors import msgid
        from hunhe.stone.who import Who
        from hunhe.ui import pages

        door.on_denied(denials.note)
        who = Who.system("audit")
        events.register_periodic(who=who, name="audit.seal", seconds=1, function=lambda: seal_if_pending(who=who))

        def record_retry(event: Event) -> None:
            officer = Who.system("events", on_behalf_of=str(event.payload["who"]))
            record(who=officer, act=event.name, object=event.aggregate)

        events.subscribe(who=who, name=events.RETRIED, subscriber="audit", handler=record_retry)

        def record_content(officer: Who, changes: tuple[Change, ...]) -> None:
            detail = {change.path: f"{change.what} {change.version}" for change in changes}
            record(who=officer, act="city.content.applied", object="city", detail=detail)

        city.on_applied(who=who, hook=record_content)
        pages.register(
            pages.Page(
                skin="desk",
                url_name="audit:log",
                label=msgid("Audit log"),
                about=msgid("Who did what, and when; nothing of it can be changed quietly."),
                icon="shield-check",
                may="audit.may_read_entries",
                order=85,
            )
        )
