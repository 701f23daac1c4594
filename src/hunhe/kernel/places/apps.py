from django.apps import AppConfig


class PlacesConfig(AppConfig):
    name = "hunhe.kernel.places"
    label = "places"

    def ready(self) -> None:
        from hunhe.kernel.city import actions as city
        from hunhe.kernel.places import content
        from hunhe.stone.who import Who

        city.register_content(who=Who.system("start"), room="places", check=content.check, apply=content.apply)
