"""The seal on a paper: a PAdES signature with the city's issuer certificate. Runs in jobs, never in a web process."""

import io

from asn1crypto import keys as asn1_keys
from asn1crypto import pem, x509
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko_certvalidator.registry import SimpleCertificateStore

from hunhe.stone.certificates import DOCUMENT_DIGEST
from hunhe.wallet.licence import keys

FIELD = "Seal"


class _WithoutTouchingMetadata(IncrementalPdfFileWriter):
    """Appends a seal and nothing else: pyHanko's rewriting of the metadata would lose the form that PDF/A asks for."""

    def _update_meta(self) -> None:
        """Leave it as it was set."""


def sign(paper: bytes, reason: str, identifier: str) -> bytes:
    """The paper with its seal; a byte changed afterwards breaks it."""
    meta = signers.PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm=DOCUMENT_DIGEST,
        subfilter=SigSeedSubFilter.PADES,
        reason=reason,
        location=identifier,
        certify=True,
    )
    out = io.BytesIO()
    signers.PdfSigner(meta, signer=_signer()).sign_pdf(_WithoutTouchingMetadata(io.BytesIO(paper)), output=out)
    return out.getvalue()


def _signer() -> signers.SimpleSigner:
    key, certificate = _parts(keys.issuer())
    _, root = _parts(keys.authority())
    store = SimpleCertificateStore()  # type: ignore[no-untyped-call]  # its types are partial
    store.register(root)
    return signers.SimpleSigner(signing_cert=certificate, signing_key=key, cert_registry=store)


def _parts(text: bytes) -> tuple[asn1_keys.PrivateKeyInfo, x509.Certificate]:
    found = {name: body for name, _, body in pem.unarmor(text, multiple=True)}
    return asn1_keys.PrivateKeyInfo.load(found["PRIVATE KEY"]), x509.Certificate.load(found["CERTIFICATE"])
