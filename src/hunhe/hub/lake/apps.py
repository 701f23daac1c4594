from django.apps import AppConfig


class LakeConfig(AppConfig):
    name = "hunhe.hub.lake"
    label = "lake"

    def ready(self) -> None:
        from hunhe.hub.lake import verification
        from hunhe.kernel.audit import actions as audit
        from hunhe.stone.who import Who

        audit.register_check(who=Who.system("start"), name="lake", function=verification.check)
