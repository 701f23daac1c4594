"""The world's own check of licences, against tokens made here by hand."""

import base64
import hashlib
import json
import zlib
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from hunhe_sim.licences import INVALID, SUSPENDED, VALID, NotGenuine, identifier_holds, read_credential, status_in


def encoded(data: bytes | dict[str, Any]) -> str:
    raw = data if isinstance(data, bytes) else json.dumps(data).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


class City:
    """Signs as a city would."""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        numbers = self.key.public_key().public_numbers()
        self.keys = [{"kid": "k", "x": encoded(numbers.x.to_bytes(32)), "y": encoded(numbers.y.to_bytes(32))}]

    def sign(self, said: dict[str, Any], typ: str, alg: str = "ES256") -> str:
        text = f"{encoded({'alg': alg, 'typ': typ, 'kid': 'k'})}.{encoded(said)}"
        r, s = decode_dss_signature(self.key.sign(text.encode(), ec.ECDSA(SHA256())))
        return f"{text}.{encoded(r.to_bytes(32) + s.to_bytes(32))}"

    def credential(self, **changes: Any) -> tuple[str, list[str]]:
        disclosures = [
            encoded(json.dumps(["salt", name, value]).encode()) for name, value in (("name", "林若溪"), ("card", "70"))
        ]
        said = {
            "iss": "http://city",
            "vct": "http://city/kind",
            "nbf": 1,
            "_sd_alg": "sha-256",
            "_sd": [encoded(hashlib.sha256(one.encode()).digest()) for one in disclosures],
            "status": {"status_list": {"idx": 5, "uri": "http://city/status/0"}},
        }
        return self.sign({**said, **changes}, "dc+sd-jwt"), disclosures


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001.U", True),
        ("1.2.156.3005.2.11100000MB03271699022.340100.000000016.001.9", True),
        ("1.2.156.3005.2.11100000MB03271699022.340100.000000017.001.9", False),
        ("1.2.156.3005.2.11100000MB03271699022.340100.000000016.001.", False),
        ("1.2.156.3005.2.11100000mb03271699022.340100.000000016.001.9", False),
        ("", False),
    ],
)
def test_identifiers(text: str, holds: bool) -> None:
    assert identifier_holds(text) is holds


def test_a_credential_says_what_was_chosen_and_no_more() -> None:
    city = City()
    head, (name, card) = city.credential()
    shown = read_credential(f"{head}~{card}~", city.keys)
    assert (dict(shown.claims), shown.status_index) == ({"card": "70"}, 5)
    assert dict(read_credential(f"{head}~{name}~{card}~", city.keys).claims) == {"name": "林若溪", "card": "70"}


def test_what_is_not_genuine() -> None:
    city, other = City(), City()
    head, (name, _) = city.credential()
    first, _body, signature = head.split(".")
    forged = encoded(json.dumps(["salt", "name", "别人"]).encode())
    body = encoded({"iss": "http://city"})
    for text, keys in (
        (f"{head}~{forged}~", city.keys),
        (f"{head}~{name}~{name}~", city.keys),
        (f"{head}~{name}", city.keys),
        (f"{first}.{body}.{signature}~{name}~", city.keys),
        (f"{head}~{name}~", other.keys),
        (f"{head}~{name}~", []),
        (f"{city.sign({}, 'dc+sd-jwt', alg='none')}~{name}~", city.keys),
        ("a.b~", city.keys),
        ("", city.keys),
    ):
        with pytest.raises(NotGenuine):
            read_credential(text, keys)


def test_the_status_list_speaks_of_one_place() -> None:
    city = City()
    packed = encoded(zlib.compress(bytes([0b00_10_01_00, 0])))
    token = city.sign({"status_list": {"bits": 2, "lst": packed}}, "statuslist+jwt")
    assert [status_in(token, city.keys, index) for index in range(5)] == [VALID, INVALID, SUSPENDED, VALID, VALID]
    with pytest.raises(NotGenuine):
        status_in(token, city.keys, 8)
    with pytest.raises(NotGenuine):
        status_in(token, City().keys, 0)
