"""The status list: two bits a licence, by its place, so that a credential can be checked without saying whose it is."""

import base64
import json
import zlib

from jwcrypto.jwk import JWK
from jwcrypto.jws import JWS

from hunhe.stone import clock
from hunhe.stone.certificates import CREDENTIAL_ALGORITHM
from hunhe.stone.errors import NotFound, msgid
from hunhe.wallet.licence import keys, models
from hunhe.wallet.licence.addresses import origin, status_link
from hunhe.wallet.licence.credential import PART
from hunhe.wallet.licence.shapes import LicenceState

BITS = 2
FRESH_SECONDS = 5
_VALUE = {LicenceState.REVOKED: 1, LicenceState.CHANGED: 1, LicenceState.SUSPENDED: 2}


def token(part: int) -> str:
    """The signed list of one part of the licences (draft-ietf-oauth-status-list). NotFound beyond the last one."""
    first = part * PART
    if part < 0 or (part and not models.Licence.objects.filter(place__gte=first, place__lt=first + PART).exists()):
        raise NotFound("licence.status.part", msgid("There is no such status list."))
    bits = bytearray(PART * BITS // 8)
    rows = models.Licence.objects.filter(place__gte=first, place__lt=first + PART, state__in=list(_VALUE))
    for place, state in rows.values_list("place", "state").iterator():
        index = place - first
        bits[index // 4] |= _VALUE[LicenceState(state)] << (index % 4 * BITS)
    now = int(clock.now().timestamp())
    packed = base64.urlsafe_b64encode(zlib.compress(bytes(bits), 9)).decode().rstrip("=")
    said = {
        "iss": origin(),
        "sub": status_link(part),
        "iat": now,
        "ttl": FRESH_SECONDS,
        "status_list": {"bits": BITS, "lst": packed},
    }
    header = {"alg": CREDENTIAL_ALGORITHM, "typ": "statuslist+jwt", "kid": keys.credential_public_key().kid}
    signed = JWS(json.dumps(said).encode())
    signed.add_signature(JWK.from_pem(keys.credential_key()), None, json.dumps(header), None)
    return str(signed.serialize(compact=True))
