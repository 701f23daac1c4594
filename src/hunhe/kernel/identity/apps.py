from django.apps import AppConfig


class IdentityConfig(AppConfig):
    name = "hunhe.kernel.identity"
    label = "identity"

    def ready(self) -> None:
        from hunhe.kernel.city import actions as city
        from hunhe.kernel.identity import content
        from hunhe.stone.errors import msgid
        from hunhe.stone.who import Who
        from hunhe.ui import pages

        start = Who.system("start")
        city.register_content(who=start, room="identity", check=content.check, apply=content.apply, after=("org",))
        pages.register(
            pages.Page(
                skin="desk",
                url_name="identity:people",
                label=msgid("People"),
                about=msgid("Who has an account, and which posts they hold."),
                icon="users",
                may="identity.may_see_accounts",
                order=82,
            )
        )
        pages.register(
            pages.Page(
                skin="desk",
                url_name="identity:stand_ins",
                label=msgid("Standing in"),
                about=msgid("Who stands in for you while you are away."),
                icon="user-share",
                order=90,
            )
        )
