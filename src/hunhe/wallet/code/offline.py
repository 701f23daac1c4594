"""What lets “My code” live without network: the service worker and the manifest, both at the root, so that the whole city is their scope."""

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from hunhe.ui import assets

WORKER = "sw.js"


@require_GET
def worker(request: HttpRequest) -> HttpResponse:
    """The built worker under a name that stays; browsers ask for it anew at each visit."""
    path = assets.file(WORKER)
    if path is None:
        raise Http404
    headers = {"Cache-Control": "no-cache", "Service-Worker-Allowed": "/"}
    return HttpResponse(path.read_bytes(), content_type="text/javascript; charset=utf-8", headers=headers)


@require_GET
def manifest(request: HttpRequest) -> HttpResponse:
    """How the page is installed on a phone."""
    icon = assets.url("mark.svg")
    return JsonResponse(
        {
            "id": reverse("code:show"),
            "name": gettext("My code"),
            "short_name": gettext("My code"),
            "start_url": reverse("code:show"),
            "scope": "/",
            "display": "standalone",
            "background_color": "#0A262E",
            "theme_color": "#0A262E",
            "icons": [{"src": icon, "type": "image/svg+xml", "sizes": "any", "purpose": "any maskable"}],
        },
        content_type="application/manifest+json",
    )
