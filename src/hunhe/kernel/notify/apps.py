from django.apps import AppConfig


class NotifyConfig(AppConfig):
    name = "hunhe.kernel.notify"
    label = "notify"

    def ready(self) -> None:
        from hunhe.kernel.notify import holding, queries
        from hunhe.ui.frame import show_bell

        holding.register()
        show_bell("notify:notices", lambda who: queries.unread_count(who=who))
