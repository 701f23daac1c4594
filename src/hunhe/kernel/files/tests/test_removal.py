"""A removed file is gone, its content too, unless another file has it or somebody is just storing it again."""

import io
import os

import pytest

from hunhe.kernel.files import actions, queries, vault
from hunhe.kernel.files.shapes import StoredFile
from hunhe.stone.errors import NotFound
from hunhe.stone.who import Who

pytestmark = pytest.mark.django_db(transaction=True)
SYSTEM = Who.system("test")
SHEN = Who(id="acc_shen", kind="citizen", subject_id="per_1", level=2)


def stored(content: bytes) -> StoredFile:
    return actions.store(who=SHEN, name="x.txt", stream=io.BytesIO(content), purpose="test")


def age(file: StoredFile) -> None:
    os.utime(vault.path_of(file.digest), (0, 0))


def test_it_and_its_content_go():
    file = stored(b"to be removed")
    age(file)
    actions.remove(who=SYSTEM, id=file.id)
    assert not vault.path_of(file.digest).exists()
    assert queries.files_of_subject(who=SYSTEM, subject_id="per_1") == ()
    with pytest.raises(NotFound):
        actions.remove(who=SYSTEM, id=file.id)


def test_content_that_another_file_has_stays():
    first, second = stored(b"twice"), stored(b"twice")
    age(first)
    actions.remove(who=SYSTEM, id=first.id)
    assert queries.open_file(who=SHEN, id=second.id).content.read() == b"twice"


def test_what_is_just_being_stored_again_stays_until_the_sweep(monkeypatch: pytest.MonkeyPatch):
    file = stored(b"young")
    actions.remove(who=SYSTEM, id=file.id)
    path = vault.path_of(file.digest)
    assert path.exists()
    monkeypatch.setattr(vault.time, "time", lambda: int(path.parent.name, 16) * 60 + 256 * 60 * 2_000_000)
    assert vault.sweep() >= 1
    assert not path.exists()


def test_storing_again_makes_it_young():
    file = stored(b"again")
    age(file)
    stored(b"again")
    assert vault.discard(file.digest) is False
