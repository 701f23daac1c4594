"""The exchange's places in the navigation, and where grant requests are shown and begun."""

from django.urls import reverse

from hunhe.hub.exchange.services import find_service
from hunhe.hub.exchange.weighing import PROCEDURE
from hunhe.kernel.flow.shapes import Case
from hunhe.stone.errors import msgid
from hunhe.ui import pages


def case_page(case: Case, skin: str) -> str:
    """A grant request is read and decided here; where its service is gone, flow still shows what was asked."""
    shown = skin == "desk" and case.procedure == PROCEDURE and find_service(str(case.facts.get("service", ""))) is not None
    return reverse("exchange:request", args=[case.id]) if shown else ""


def beginning(procedure: str, skin: str) -> str:
    return reverse("exchange:services") if skin == "desk" and procedure == PROCEDURE else ""


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
