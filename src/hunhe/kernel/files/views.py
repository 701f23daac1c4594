"""Files leave as attachments that a browser will not run."""

from django.http import FileResponse, HttpRequest
from django.views.decorators.http import require_safe

from hunhe.kernel.files import queries
from hunhe.ui.callers import caller


@require_safe
def download(request: HttpRequest, file_id: str) -> FileResponse:
    who = caller(request)
    opened = queries.open_file(who=who, id=file_id)
    response = FileResponse(opened.content, as_attachment=True, filename=opened.file.name, content_type=opened.file.media_type)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "private, no-store"
    return response
