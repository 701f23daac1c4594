from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "hunhe.kernel.files"
    label = "files"
    verbose_name = "Files"

    def ready(self) -> None:
        from hunhe.kernel.audit import actions as audit
        from hunhe.kernel.files import vault
        from hunhe.stone.who import Who

        audit.register_check(who=Who.system("files"), name="files.digests", function=vault.check_digests)
