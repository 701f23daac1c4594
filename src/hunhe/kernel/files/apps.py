from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "hunhe.kernel.files"
    label = "files"
    verbose_name = "Files"

    def ready(self) -> None:
        from hunhe.kernel.audit import actions as audit
        from hunhe.kernel.events import actions as events
        from hunhe.kernel.files import vault
        from hunhe.stone.who import Who

        start = Who.system("files")
        audit.register_check(who=start, name="files.digests", function=vault.check_digests)
        events.register_periodic(who=start, name="files.sweep", seconds=60, function=vault.sweep)
