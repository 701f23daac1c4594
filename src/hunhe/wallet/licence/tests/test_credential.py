"""The credential that programs read, checked with the library's own verifier and the published key."""

import base64
import json
import zlib
from collections.abc import Mapping
from typing import Any

import pytest
from django.test import Client
from jwcrypto.jwk import JWK
from jwcrypto.jws import JWS
from sd_jwt.common import SDObj
from sd_jwt.issuer import SDJWTIssuer
from sd_jwt.verifier import SDJWTVerifier

from hunhe.stone.certificates import new_credential_key
from hunhe.stone.who import Who
from hunhe.wallet.licence import actions, credential, models, queries
from hunhe.wallet.licence.shapes import Answer
from hunhe.wallet.licence.tests.scene import FACTS, Scene

pytestmark = pytest.mark.django_db
NOBODY = Who.anonymous()


def published_key(_issuer: str, header: Mapping[str, str]) -> JWK:
    known = Client().get("/.well-known/jwt-vc-issuer").json()["jwks"]["keys"]
    return next(JWK(**key) for key in known if key["kid"] == header["kid"])


def test_only_what_was_chosen_is_disclosed(scene: Scene) -> None:
    row = scene.sealed()
    shown = queries.credential_of(who=scene.holder, licence_id=row.id, names=("card_class", "nothing"))
    said: dict[str, Any] = SDJWTVerifier(shown, published_key).get_verified_payload()
    assert said["card_class"] == FACTS["card_class"]
    assert {"name", "id_number", "birth_date", "identifier"}.isdisjoint(said)
    for hidden in (FACTS["name"], FACTS["id_number"], FACTS["birth_date"]):
        for part in shown.split("~"):
            assert hidden not in base64.urlsafe_b64decode(part.split(".")[-1] + "===").decode(errors="ignore")
    told = queries.verify_credential(who=NOBODY, text=shown)
    assert (told.answer, dict(told.claims)) == (Answer.VALID, {"card_class": FACTS["card_class"]})


def test_the_key_published_is_public_only(scene: Scene) -> None:
    known = Client().get("/.well-known/jwt-vc-issuer").json()["jwks"]["keys"]
    assert [set(key) for key in known] == [{"kty", "crv", "alg", "use", "kid", "x", "y"}]
    assert JWK(**known[0]).thumbprint() == known[0]["kid"]


def test_an_altered_credential_is_forged(scene: Scene) -> None:
    whole = scene.sealed().credential
    head, *rest = whole.split("~")
    first, payload, signature = head.split(".")
    said = json.loads(base64.urlsafe_b64decode(payload + "==="))
    said["status"]["status_list"]["idx"] += 1
    other = base64.urlsafe_b64encode(json.dumps(said).encode()).decode().rstrip("=")
    stranger_key = JWK.from_pem(new_credential_key())
    stranger = SDJWTIssuer(
        {**said, SDObj("name"): "别人"} if "_sd" not in said else {"status": said["status"], SDObj("name"): "别人"},
        stranger_key,
        sign_alg="ES256",
        extra_header_parameters={"typ": credential.TYPE, "kid": queries.issuer_keys(who=NOBODY).credential_keys[0]["kid"]},
    ).sd_jwt_issuance
    unsigned = base64.urlsafe_b64encode(b'{"alg":"none"}').decode().rstrip("=")
    for text in (
        "~".join([f"{first}.{other}.{signature}", *rest]),
        "~".join([f"{first}.{payload}.{signature[:-4]}AAAA", *rest]),
        f"{unsigned}.{payload}.~",
        str(stranger),
        "~",
        "a.b.c~",
        "x" * 20_000 + "~",
        "林~",
        whole.rstrip("~"),
    ):
        assert queries.verify_credential(who=NOBODY, text=text).answer == Answer.FORGED


def test_a_revoked_credential_is_revoked_at_once_and_in_the_status_list(scene: Scene) -> None:
    row, other = scene.sealed(), scene.sealed(key="k2")
    assert listed(row) == listed(other) == 0
    actions.suspend_licence(who=scene.keeper, licence_id=row.id, reason="核查", expected_version=row.rev)
    assert (listed(row), listed(other)) == (2, 0)
    row.refresh_from_db()
    actions.revoke_licence(who=scene.keeper, licence_id=row.id, reason="冒领", expected_version=row.rev)
    assert (listed(row), listed(other)) == (1, 0)
    assert queries.verify_credential(who=NOBODY, text=row.credential).answer == Answer.REVOKED
    assert Client().get("/api/v1/licence/status/7").status_code == 404


def listed(row: models.Licence) -> int:
    """The two bits of a licence in the signed list its credential points to."""
    said = SDJWTVerifier(row.credential, published_key).get_verified_payload()["status"]["status_list"]
    answer = Client().get("/" + said["uri"].split("/", 3)[3])
    assert answer["Content-Type"] == "application/statuslist+jwt"
    token = JWS()
    token.deserialize(answer.content.decode())
    token.verify(published_key("", token.jose_header))
    held = json.loads(token.payload)["status_list"]
    bits = zlib.decompress(base64.urlsafe_b64decode(held["lst"] + "==="))
    return bits[said["idx"] // 4] >> (said["idx"] % 4 * 2) & 3
