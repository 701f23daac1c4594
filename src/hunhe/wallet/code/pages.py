"""The code's places in the navigation."""

from hunhe.stone.errors import msgid
from hunhe.ui import pages


def register() -> None:
    pages.register(pages.Page(skin="citizen", url_name="code:show", label=msgid("My code"), icon="qrcode", order=10))
    pages.register(
        pages.Page(
            skin="desk",
            url_name="code:terminal",
            label=msgid("Scan"),
            about=msgid("Scan a citizen's code and see what your function may know."),
            icon="scan",
            may="code.may_scan",
            order=60,
        )
    )
