"""A verifier of its own for licences: identifier, credential, status list.

Written from the public texts alone (GB/T 36904, ISO 7064, RFC 7515, SD-JWT, token status list) and sharing nothing with the
city, so that an error there is not repeated here. What the city publishes is passed in; nothing here asks it anything.
"""

import base64
import binascii
import hashlib
import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

ROOT = ("1", "2", "156", "3005", "2")
SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
VALID, INVALID, SUSPENDED = 0, 1, 2
LARGEST_LIST = 1 << 20
Key = Mapping[str, str]


class NotGenuine(Exception):
    """What was shown was not signed by the city, or was altered since."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What a credential says. claims: what its holder chose to show. status_uri, status_index: where its state stands."""

    issuer: str
    kind: str
    claims: Mapping[str, Any]
    status_uri: str
    status_index: int
    not_before: int
    expires: int | None


def identifier_holds(text: str) -> bool:
    """Whether a printed identifier has its five parts after the root and its check character fits."""
    parts = tuple(text.split("."))
    if len(parts) != 10 or parts[:5] != ROOT or not all(parts[5:]) or len(parts[9]) != 1:
        return False
    return check_character("".join(parts[5:9])) == parts[9]


def check_character(joined: str) -> str:
    """ISO 7064 MOD 37,36, hybrid system: P ← (P + a) mod 36, or 36 for nought; P ← 2P mod 37. Empty for other signs."""
    product = 36
    for sign in joined:
        value = SIGNS.find(sign)
        if value < 0:
            return ""
        product = ((product + value) % 36 or 36) * 2 % 37
    return next(sign for value, sign in enumerate(SIGNS) if (product + value) % 36 == 1)


def read_credential(text: str, keys: Sequence[Key]) -> Shown:
    """The claims of a credential whose signature holds under one of the published keys and whose disclosures belong to it."""
    head, *disclosures = text.strip().split("~")
    said = _signed(head, keys, "dc+sd-jwt")
    if said.get("_sd_alg") != "sha-256" or not disclosures or disclosures[-1]:
        raise NotGenuine("no SD-JWT")
    digests = set(said.get("_sd", ()))
    claims: dict[str, Any] = {}
    for disclosure in disclosures[:-1]:
        if _encoded(hashlib.sha256(disclosure.encode()).digest()) not in digests:
            raise NotGenuine("a disclosure that does not belong to it")
        _, name, value = _json(_decoded(disclosure))
        if name in claims or name in said:
            raise NotGenuine("a claim stands there twice")
        claims[name] = value
    status = said["status"]["status_list"]
    return Shown(said["iss"], said["vct"], claims, status["uri"], int(status["idx"]), int(said["nbf"]), said.get("exp"))


def status_in(token: str, keys: Sequence[Key], index: int) -> int:
    """What a signed status list says of one place: VALID, INVALID or SUSPENDED."""
    said = _signed(token.strip(), keys, "statuslist+jwt")["status_list"]
    unpacker = zlib.decompressobj()
    bits = unpacker.decompress(_decoded(said["lst"]), LARGEST_LIST)
    per_byte = 8 // int(said["bits"])
    if not 0 <= index < len(bits) * per_byte:
        raise NotGenuine("the list does not reach that place")
    return bits[index // per_byte] >> (index % per_byte) * int(said["bits"]) & (1 << int(said["bits"])) - 1


def _signed(token: str, keys: Sequence[Key], kind: str) -> dict[str, Any]:
    """The payload of a compact JWS in ES256; NotGenuine when no published key signed it."""
    try:
        head, body, signature = token.split(".")
        header = _json(_decoded(head))
        raw = _decoded(signature)
    except ValueError as error:
        raise NotGenuine("no signed token") from error
    if header.get("alg") != "ES256" or header.get("typ") != kind or len(raw) != 64:
        raise NotGenuine("signed in another way")
    key = next((key for key in keys if key.get("kid") == header.get("kid")), None)
    if key is None:
        raise NotGenuine("no published key of that name")
    numbers = ec.EllipticCurvePublicNumbers(
        int.from_bytes(_decoded(key["x"])), int.from_bytes(_decoded(key["y"])), ec.SECP256R1()
    )
    pair = encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))
    try:
        numbers.public_key().verify(pair, f"{head}.{body}".encode(), ec.ECDSA(SHA256()))
    except InvalidSignature as error:
        raise NotGenuine("the signature does not hold") from error
    found: dict[str, Any] = _json(_decoded(body))
    return found


def _json(data: bytes) -> Any:
    return json.loads(data)


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError("not base64url") from error
