"""The exchange's places in the navigation."""

from hunhe.stone.errors import msgid
from hunhe.ui import pages


def register() -> None:
    pages.register(
        pages.Page(skin="citizen", url_name="exchange:uses", label=msgid("Who used my data"), icon="fingerprint", order=75)
    )
    pages.register(
        pages.Page(
            skin="desk",
            url_name="exchange:grants",
            label=msgid("Sharing"),
            about=msgid("Who may use which data, for what, and until when."),
            icon="arrows-exchange",
            may="exchange.may_see_grants",
            order=40,
        )
    )
    pages.register(
        pages.Page(
            skin="desk",
            url_name="exchange:calls",
            label=msgid("Calls"),
            about=msgid("Each call of a service, with its receipt."),
            icon="receipt",
            may="exchange.may_see_calls",
            order=45,
        )
    )
