"""Files over the API: store one, ask about one."""

from dataclasses import asdict
from typing import Any

from django.http import HttpRequest
from ninja import File, Form, Router
from ninja.files import UploadedFile

from hunhe.kernel.files import actions, queries
from hunhe.stone.errors import Invalid, msgid
from hunhe.ui.callers import caller

router = Router()


@router.post("/", summary="Store a file")
def store(request: HttpRequest, file: File[UploadedFile], purpose: Form[str]) -> dict[str, Any]:
    who = caller(request)
    if not 0 < len(purpose) <= 200 or "\x00" in purpose:
        raise Invalid("files.purpose", msgid("Say in a few words what the file is for."))
    return asdict(actions.store(who=who, name=file.name or "file", stream=file, purpose=purpose))


@router.get("/{file_id}", summary="What is known of a file")
def file_by_id(request: HttpRequest, file_id: str) -> dict[str, Any]:
    who = caller(request)
    return asdict(queries.file_by_id(who=who, id=file_id))
