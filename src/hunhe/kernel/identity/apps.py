from django.apps import AppConfig


class IdentityConfig(AppConfig):
    name = "hunhe.kernel.identity"
    label = "identity"

    def ready(self) -> None:
        from hunhe.kernel.city import actions as city
        from hunhe.kernel.identity import content
        from hunhe.stone.who import Who

        start = Who.system("start")
        city.register_content(who=start, room="identity", check=content.check, apply=content.apply, after=("org",))
