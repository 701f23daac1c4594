from django.apps import AppConfig


class OrgConfig(AppConfig):
    name = "hunhe.kernel.org"
    label = "org"

    def ready(self) -> None:
        from hunhe.kernel.city import actions as city
        from hunhe.kernel.org import content
        from hunhe.stone.who import Who

        city.register_content(who=Who.system("start"), room="org", check=content.check, apply=content.apply)
