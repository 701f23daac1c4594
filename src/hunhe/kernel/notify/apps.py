from django.apps import AppConfig


class NotifyConfig(AppConfig):
    name = "hunhe.kernel.notify"
    label = "notify"

    def ready(self) -> None:
        from hunhe.kernel.notify import holding, queries
        from hunhe.stone.errors import msgid
        from hunhe.ui import pages
        from hunhe.ui.frame import show_bell

        holding.register()
        pages.register(pages.Page(skin="citizen", url_name="notify:notices", label=msgid("Notices"), icon="bell", order=25))
        show_bell("notify:notices", lambda who: queries.unread_count(who=who))
