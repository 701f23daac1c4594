"""The sealed paper: whole or not, whose, and made although its process died."""

import io
import shutil
import subprocess
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import pem, x509
from pyhanko.keys import load_certs_from_pemder_data
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import PdfSignatureStatus
from pyhanko_certvalidator import ValidationContext
from pytest_django import Settings

from hunhe.kernel.events import actions as events
from hunhe.kernel.events import queries as event_queries
from hunhe.kernel.files import queries as files
from hunhe.stone import clock
from hunhe.stone.errors import NotFound
from hunhe.stone.who import Who
from hunhe.wallet.licence import actions, issuing, keys, models, queries, sealing
from hunhe.wallet.licence.shapes import Answer
from hunhe.wallet.licence.tests.people import SYSTEM, citizen
from hunhe.wallet.licence.tests.scene import Scene

pytestmark = pytest.mark.django_db
NOBODY = Who.anonymous()


def paper_of(row: models.Licence | models.UseCopy) -> bytes:
    with files.open_file(who=SYSTEM, id=row.file_id).content as content:
        return content.read()


def status_of(paper: bytes, root: bytes) -> PdfSignatureStatus:
    trusted = ValidationContext(trust_roots=list(load_certs_from_pemder_data(root)), moment=clock.true_now())
    reader = PdfFileReader(io.BytesIO(paper))
    assert len(reader.embedded_signatures) == 1
    return validate_pdf_signature(reader.embedded_signatures[0], signer_validation_context=trusted)


def is_whole(paper: bytes, root: bytes) -> bool:
    """Whether the seal holds; a paper too broken to be read is not whole either."""
    try:
        return bool(status_of(paper, root).intact)
    except Exception:
        return False


def test_the_seal_holds_under_the_published_root(scene: Scene) -> None:
    paper = paper_of(scene.sealed())
    status = status_of(paper, queries.issuer_keys(who=NOBODY).authority)
    assert status.bottom_line
    assert status.coverage.name == "ENTIRE_FILE"
    assert b"PRIVATE" not in queries.issuer_keys(who=NOBODY).authority


def test_any_changed_byte_breaks_the_seal_and_the_check(scene: Scene) -> None:
    paper = paper_of(scene.sealed())
    root = keys.authority_certificate()
    assert queries.verify_document(who=NOBODY, content=paper).is_valid
    for place in (200, len(paper) // 2, len(paper) // 3):
        changed = paper[:place] + bytes([paper[place] ^ 1]) + paper[place + 1 :]
        assert queries.verify_document(who=NOBODY, content=changed).answer == Answer.FORGED
        assert not is_whole(changed, root)
    assert is_whole(paper, root)
    assert queries.verify_document(who=NOBODY, content=b"%PDF-1.7 nothing of ours").answer == Answer.UNKNOWN


def test_another_citys_root_does_not_trust_it(scene: Scene, settings: Settings, tmp_path: Path) -> None:
    paper = paper_of(scene.sealed())
    settings.HUNHE_KEYS = tmp_path / "other"
    assert not status_of(paper, keys.authority_certificate()).trusted


def test_it_is_pdf_a_3_with_the_credential_inside(scene: Scene) -> None:
    row = scene.sealed()
    reader = PdfFileReader(io.BytesIO(paper_of(row)))
    metadata = reader.root["/Metadata"].data.decode()
    assert "<pdfaid:part>3</pdfaid:part>" in metadata
    assert "<pdfaid:conformance>B</pdfaid:conformance>" in metadata
    (name, spec) = list(reader.root["/Names"]["/EmbeddedFiles"]["/Names"])[:2]
    assert name == "credential.sdjwt"
    assert spec.get_object()["/EF"]["/F"].data.decode() == row.credential
    fonts = [font.get_object() for font in reader.root["/Pages"]["/Kids"][0]["/Resources"]["/Font"].values()]
    assert fonts, "text is text, not pictures"


@pytest.mark.skipif(shutil.which("pdfsig") is None, reason="pdfsig (poppler-utils) is not installed: no second reader here")
def test_another_reader_finds_the_seal_whole(scene: Scene, tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(paper_of(scene.sealed()))
    said = subprocess.run(["pdfsig", "-nocert", str(tmp_path / "a.pdf")], capture_output=True, text=True, check=False).stdout
    assert "Signature is Valid" in said


def test_only_the_holder_may_open_it(scene: Scene) -> None:
    row = scene.sealed()
    with files.open_file(who=scene.holder, id=row.file_id).content as content:
        assert content.read(5) == b"%PDF-"
    for who in (citizen("wang", "sub_wang"), scene.stranger, scene.keeper):
        with pytest.raises(NotFound):
            files.open_file(who=who, id=row.file_id)


def test_a_use_copy_is_a_paper_of_its_own(scene: Scene) -> None:
    row = scene.sealed()
    copy = actions.order_copy(
        who=scene.holder, licence_id=row.id, purpose="办公园年票", recipient="北陵公园", valid_until=date(2026, 12, 1), key="u1"
    )
    events.run_due(who=SYSTEM)
    kept = models.UseCopy.objects.get(id=copy.id)
    paper = paper_of(kept)
    assert status_of(paper, keys.authority_certificate()).bottom_line
    assert paper != paper_of(row)
    told = queries.verify_document(who=NOBODY, content=paper)
    assert (told.answer, told.purpose) == (Answer.VALID, "办公园年票")
    actions.revoke_copy(who=scene.holder, copy_id=copy.id)
    assert queries.verify_document(who=NOBODY, content=paper).answer == Answer.COPY_REVOKED
    assert queries.verify_document(who=NOBODY, content=paper_of(row)).is_valid


class Killed(BaseException):
    """Stands for the process dying: nothing after it runs, the transaction is gone."""


@pytest.mark.parametrize("moment", ["before", "while setting", "before keeping", "while finishing"])
def test_killed_between_issue_and_paper_the_job_makes_one(scene: Scene, moment: str, monkeypatch: pytest.MonkeyPatch) -> None:
    made = scene.issue()
    job = event_queries.job_by_key(who=SYSTEM, kind=issuing.SEAL, key=made.id)
    assert job is not None
    assert queries.verify(who=NOBODY, code=made.code).is_valid, "it holds before its paper is there"

    def killed(*_: Any, **__: Any) -> None:
        raise Killed

    places: dict[str, tuple[Any, str]] = {
        "before": (sealing.models.Licence.objects, "get"),
        "while setting": (sealing.document, "set_paper"),
        "before keeping": (sealing, "_keep"),
        "while finishing": (sealing.events, "finish_job"),
    }
    with monkeypatch.context() as patch:
        patch.setattr(*places[moment], killed)
        with pytest.raises(Killed):
            sealing.seal_licence(job)
    assert models.Licence.objects.get(id=made.id).file_id == ""
    events.run_due(who=SYSTEM)
    events.run_due(who=SYSTEM)
    row = models.Licence.objects.get(id=made.id)
    assert row.file_id
    assert status_of(paper_of(row), keys.authority_certificate()).bottom_line


def test_the_private_keys_lie_beside_the_citys_data(scene: Scene, settings: Settings) -> None:
    scene.sealed()
    folder = Path(settings.HUNHE_KEYS)
    assert not folder.resolve().is_relative_to(Path(settings.HUNHE_VAR.root).resolve())
    for name in ("licence.authority.pem", "licence.issuer.pem", "licence.credential.pem"):
        assert (folder / name).stat().st_mode & 0o077 == 0
    parts = {name: body for name, _, body in pem.unarmor((folder / "licence.issuer.pem").read_bytes(), multiple=True)}
    assert not x509.Certificate.load(parts["CERTIFICATE"]).ca
