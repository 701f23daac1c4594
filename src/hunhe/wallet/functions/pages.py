"""The register's place in the navigation."""

from hunhe.stone.errors import msgid
from hunhe.ui import pages


def register() -> None:
    pages.register(
        pages.Page(
            skin="desk",
            url_name="functions:functions",
            label=msgid("Functions"),
            about=msgid("What the code may be used for; each use can be switched off."),
            icon="apps",
            may="functions.may_switch",
            order=62,
        )
    )
