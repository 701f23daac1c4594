"""A licence as strangers check it: identifier, credential and status list with the world's own code, the paper by the city's page."""

from collections.abc import Mapping
from typing import Any

from hunhe_sim.day.report import Step
from hunhe_sim.day.visitor import Visitor, wait_for
from hunhe_sim.licences import VALID, NotGenuine, identifier_holds, read_credential, status_in

FIELD = "birth_date"
SECONDS = 90.0


def check_licence(step: Step, holder: Visitor, stranger: Visitor, held: Mapping[str, Any]) -> None:
    """held: one line of the holder's `/api/v1/licence/mine`."""
    step.check("its check character fits (ISO 7064)", identifier_holds(held["identifier"]), held["identifier"])
    _check_credential(step, holder, stranger, held)
    _check_paper(step, holder, stranger, held)
    answer = stranger.post("/api/v1/licence/verify", {"code": held["identifier"]})
    step.check(
        "its printed identifier opens nothing", (answer["answer"], answer["holder"]) == ("unknown", ""), answer["answer"]
    )


def _check_credential(step: Step, holder: Visitor, stranger: Visitor, held: Mapping[str, Any]) -> None:
    path = f"/api/v1/licence/{held['id']}/credential"
    text = wait_for(lambda: holder.get(path, show=FIELD)["credential"] or None, SECONDS, "the credential")
    keys = stranger.get("/.well-known/jwt-vc-issuer")["jwks"]["keys"]
    try:
        shown = read_credential(text, keys)
        state = status_in(stranger.text(_local(shown.status_uri)), keys, shown.status_index)
    except NotGenuine as fault:
        step.check("its credential is the city's", False, str(fault))
        return
    step.check(
        "its credential, read with the published key, shows only what was chosen",
        set(shown.claims) == {FIELD},
        set(shown.claims),
    )
    step.check("and the signed status list has it valid", state == VALID, state)


def _check_paper(step: Step, holder: Visitor, stranger: Visitor, held: Mapping[str, Any]) -> None:
    file = wait_for(lambda: holder.get(f"/api/v1/licence/{held['id']}")["file_id"] or None, SECONDS, "the sealed paper")
    paper = holder.bytes(f"/files/{file}")
    answer = stranger.send_file("/api/v1/licence/verify/document", "licence.pdf", paper)
    step.check("its sealed paper is known, byte for byte", answer["answer"] == "valid", answer["answer"])
    changed = paper[:-40] + bytes([paper[-40] ^ 1]) + paper[-39:]
    answer = stranger.send_file("/api/v1/licence/verify/document", "licence.pdf", changed)
    step.check("with one bit changed it is forged", answer["answer"] == "forged", answer["answer"])


def _local(address: str) -> str:
    """The path of an address: the world reaches the city where it is, not where it says."""
    return "/" + address.split("/", 3)[3]
