"""The register's place in the navigation."""

from hunhe.stone.errors import msgid
from hunhe.ui import pages


def register() -> None:
    pages.register(
        pages.Page(
            skin="desk",
            url_name="functions:functions",
            label=msgid("Functions"),
            icon="apps",
            may="functions.may_switch",
            order=62,
        )
    )
