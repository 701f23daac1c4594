"""Certificates and keys for what leaves the city on paper: the city's own authority, its issuer, and the key of credentials.

Algorithms are those that readers of PDF and of credentials everywhere check. Everything is PEM, made once and kept by
`crypto.key_file`; a file holds a private key and, for certificates, the certificate after it.
"""

import base64
from dataclasses import dataclass
from datetime import timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from hunhe.stone import clock

CREDENTIAL_ALGORITHM = "ES256"
DOCUMENT_DIGEST = "sha256"
_AUTHORITY_DAYS = 7300
_ISSUER_DAYS = 1825
_WIDTH = 32


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A public key of credentials as a JSON Web Key names it. kid: follows from the key itself (RFC 7638)."""

    kid: str
    x: str
    y: str

    def as_jwk(self) -> dict[str, str]:
        return {
            "kty": "EC",
            "crv": "P-256",
            "alg": CREDENTIAL_ALGORITHM,
            "use": "sig",
            "kid": self.kid,
            "x": self.x,
            "y": self.y,
        }


def new_authority(name: str) -> bytes:
    """A key and the certificate that it signs for itself: the root that readers are told to trust."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = _named(name)
    made = _begun(subject, subject, key.public_key(), _AUTHORITY_DAYS)
    made = made.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    made = made.add_extension(_usage(sign_certificates=True), critical=True)
    made = made.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    return _private(key) + made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def new_issuer(name: str, authority: bytes) -> bytes:
    """A key and its certificate, signed by the authority: what papers are sealed with."""
    root_key, root = _authority(authority)
    key = ec.generate_private_key(ec.SECP256R1())
    made = _begun(_named(name), root.subject, key.public_key(), _ISSUER_DAYS)
    made = made.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    made = made.add_extension(_usage(sign_certificates=False), critical=True)
    made = made.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    made = made.add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key()), critical=False)
    return _private(key) + made.sign(root_key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def new_credential_key() -> bytes:
    """A private key for credentials."""
    return _private(ec.generate_private_key(ec.SECP256R1()))


def certificate_of(pem: bytes) -> bytes:
    """Only the certificate of a file, for everybody to see."""
    return x509.load_pem_x509_certificate(pem).public_bytes(serialization.Encoding.PEM)


def public_key_of(pem: bytes) -> PublicKey:
    """The public half of a credential key."""
    key = serialization.load_pem_private_key(pem, None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise TypeError("a credential key is an elliptic-curve key")
    numbers = key.public_key().public_numbers()
    x, y = _encoded(numbers.x.to_bytes(_WIDTH)), _encoded(numbers.y.to_bytes(_WIDTH))
    digest = hashes.Hash(hashes.SHA256())
    digest.update(f'{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}'.encode())
    return PublicKey(_encoded(digest.finalize()), x, y)


def _authority(pem: bytes) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    key = serialization.load_pem_private_key(pem, None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise TypeError("the authority's key is an elliptic-curve key")
    return key, x509.load_pem_x509_certificate(pem)


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:64])])


def _begun(subject: x509.Name, issuer: x509.Name, public: ec.EllipticCurvePublicKey, days: int) -> x509.CertificateBuilder:
    start = clock.true_now() - timedelta(hours=1)  # readers' clocks may be slow
    made = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(public)
    made = made.serial_number(x509.random_serial_number())
    return made.not_valid_before(start).not_valid_after(start + timedelta(days=days))


def _usage(*, sign_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not sign_certificates,
        content_commitment=not sign_certificates,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=sign_certificates,
        crl_sign=sign_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _private(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
