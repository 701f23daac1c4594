"""Where a page sends its reader back to: the `next` of a link or form, if it stays in this city."""

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme


def way_back(request: HttpRequest, otherwise: str = "/") -> str:
    """The address asked for in `next`; `otherwise` where there is none, or one that leads away."""
    there = request.POST.get("next") or request.GET.get("next") or otherwise
    return there if url_has_allowed_host_and_scheme(there, {request.get_host()}, request.is_secure()) else otherwise
