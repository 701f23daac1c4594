"""The room's places in the navigation."""

from hunhe.stone.errors import msgid
from hunhe.ui import pages
from hunhe.wallet.licence.sight import SEE


def register() -> None:
    pages.register(pages.Page(skin="citizen", url_name="licence:mine", label=msgid("Licences"), icon="id", order=35))
    pages.register(
        pages.Page(
            skin="desk",
            url_name="licence:licences",
            label=msgid("Licences"),
            about=msgid("Licences issued, and how each stands today."),
            icon="id",
            may=SEE,
            order=30,
        )
    )
