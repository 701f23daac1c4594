"""One edited byte in a data file is found and named."""

import pytest

from hunhe.hub.lake import queries, verification
from hunhe.hub.lake.tests.test_commit import SYSTEM, put
from hunhe.kernel.audit import queries as audit
from hunhe.stone import ids


@pytest.mark.django_db(transaction=True)
def test_one_edited_byte_names_table_version_and_file() -> None:
    table = "t." + ids.new("x")
    put(table, 1, "append", *range(1000))
    put(table, 2, "append", *range(1000))
    assert [result.ok for result in verification.check()] == [True]
    path = queries.files(who=SYSTEM, table=table)[1]
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    (fault,) = [result for result in audit.verify(who=SYSTEM, witness=None) if result.check == "lake"]
    assert not fault.ok
    assert all(part in fault.detail for part in (table, "version 1", path.name))
    path.unlink()
    assert [result.ok for result in verification.check()] == [False]
