"""The credential that programs read: an SD-JWT, in which the holder chooses what to show (draft-ietf-oauth-sd-jwt-vc)."""

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from jwcrypto.common import JWException
from jwcrypto.jwk import JWK
from sd_jwt.common import SDObj
from sd_jwt.holder import SDJWTHolder
from sd_jwt.issuer import SDJWTIssuer
from sd_jwt.verifier import SDJWTVerifier

from hunhe.stone.certificates import CREDENTIAL_ALGORITHM
from hunhe.wallet.licence import keys, models
from hunhe.wallet.licence.addresses import kind_link, origin, status_link
from hunhe.wallet.licence.rules.kinds import Kind

TYPE = "dc+sd-jwt"
PART = 65_536
LONGEST = 16_000


@dataclass(frozen=True, slots=True)
class Presented:
    """A credential whose signature holds. place: which licence it is. claims: what its holder chose to show."""

    place: int
    claims: Mapping[str, str]


def write(row: models.Licence, kind: Kind) -> str:
    """The credential of a licence, every field of it to be shown or kept back."""
    number, index = divmod(row.place, PART)
    claims: dict[Any, Any] = {
        "iss": origin(),
        "vct": kind_link(row.type),
        "iat": int(row.issued_at.timestamp()),
        "nbf": int(_midnight(row.valid_from).timestamp()),
        "status": {"status_list": {"idx": index, "uri": status_link(number)}},
        SDObj("identifier"): row.identifier,
        **{
            SDObj(spec.name): row.values[spec.name]
            for spec in kind.fields
            if "credential" in spec.surfaces and spec.name in row.values
        },
    }
    if row.valid_until is not None:
        claims["exp"] = int(_midnight(row.valid_until + timedelta(days=1)).timestamp())
    key = JWK.from_pem(keys.credential_key())
    header = {"typ": TYPE, "kid": keys.credential_public_key().kid}
    issued = SDJWTIssuer(claims, key, sign_alg=CREDENTIAL_ALGORITHM, extra_header_parameters=header)
    return str(issued.sd_jwt_issuance)


def show(credential: str, names: tuple[str, ...]) -> str:
    """The credential with only the named fields disclosed."""
    holder = SDJWTHolder(credential)
    holder.create_presentation(dict.fromkeys(names, True))
    return str(holder.sd_jwt_presentation)


def read(text: str) -> Presented | None:
    """What a presented credential says, None when this city did not sign it or it was altered."""
    plain = "".join(text.split())
    if not 0 < len(plain) <= LONGEST or not plain.isascii() or not plain.endswith("~"):
        return None
    try:
        said = SDJWTVerifier(plain, _key_for).get_verified_payload()
        place = _place(said["status"]["status_list"])
    except (JWException, KeyError, TypeError, ValueError, AttributeError, zlib.error):
        return None
    known = {"iss", "vct", "iat", "nbf", "exp", "status", "cnf"}
    return Presented(place, {str(name): str(value) for name, value in said.items() if name not in known})


def _key_for(issuer: str, header: Mapping[str, str]) -> JWK:
    """The key of the header, if it is this city's and used with its own algorithm."""
    public = keys.credential_public_key()
    if header.get("alg") != CREDENTIAL_ALGORITHM or header.get("typ") != TYPE or header.get("kid") != public.kid:
        raise ValueError("not signed by this city")
    return _imported(json.dumps(public.as_jwk()))


@lru_cache(maxsize=8)
def _imported(text: str) -> JWK:
    return JWK.from_json(text)


def _place(status: Mapping[str, Any]) -> int:
    number = int(str(status["uri"]).rsplit("/", 1)[-1])
    return number * PART + int(status["idx"])


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(settings.TIME_ZONE)).astimezone(UTC)
