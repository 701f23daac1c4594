"""A lane as rooms build them, for the kill test: each request is one sealed audit entry, answered with its receipt."""

import os
from collections.abc import Sequence

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hunhe.house.settings")
django.setup()

from hunhe.kernel.audit import actions as audit  # noqa: E402  # after Django is up
from hunhe.kernel.audit.shapes import NewEntry, Receipt  # noqa: E402
from hunhe.kernel.lanes.shapes import GroupCommit, Receive, Scope, Send, read_body, reply_json  # noqa: E402
from hunhe.stone.who import Who  # noqa: E402

WHO = Who(id="burst", kind="client")


def write(items: Sequence[str]) -> Sequence[Receipt]:
    return audit.record_and_seal(who=WHO, entries=[NewEntry(who=WHO, act="burst", object=item) for item in items])


commit: GroupCommit[str, Receipt] = GroupCommit(write)


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "http":
        receipt = await commit.submit((await read_body(receive, 100)).decode())
        await reply_json(send, 200, {"entry_id": receipt.entry_id, "index": receipt.index, "leaf_hash": receipt.leaf_hash})
