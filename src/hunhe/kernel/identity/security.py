"""The API's door-keeper: a bearer token, or a session with CSRF check; nobody is turned away, doors decide."""

from django.http import HttpRequest
from ninja.security import HttpBearer
from ninja.utils import check_csrf

from hunhe.kernel.identity.middleware import bearer, holds_nul
from hunhe.stone.errors import Denied, msgid
from hunhe.stone.who import Who
from hunhe.ui.callers import caller


class ApiAuth(HttpBearer):
    """For `NinjaAPI(auth=…)`. Gives who asks, anonymous included; Denied when a session's unsafe call lacks the CSRF token."""

    def __call__(self, request: HttpRequest) -> Who:
        who = caller(request)
        by_session = bearer(request.headers.get("Authorization", "")) is None and who.kind != "anonymous"
        if by_session and check_csrf(request) is not None:
            raise Denied("identity.csrf", msgid("This form has expired. Reload the page and try again."))
        if request.content_type == "application/json" and b"\\u0000" in request.body:
            raise holds_nul()
        return who

    def authenticate(self, request: HttpRequest, token: str) -> Who:
        return self(request)
