"""`/open311/v2/`: Open311 GeoReport v2. Anybody reads; programs with a client of the city report, through `report_problem`."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from hunhe.kernel.city import queries as city
from hunhe.kernel.identity import queries as identity
from hunhe.networks.governance import actions, georeport, queries, showing
from hunhe.networks.governance.content import SYSTEM
from hunhe.networks.governance.georeport import MEDIA, Record
from hunhe.stone import clock
from hunhe.stone.errors import Denied, HunheError, Invalid, NotFound, msgid
from hunhe.stone.who import Who
from hunhe.ui.callers import caller

View = Callable[..., HttpResponse]
STATUS = {422: 400, 401: 403}
"""GeoReport says 400 for what is wrong in the request, 403 for a wrong key."""
PATH = "/open311/v2/requests"


def answers(view: View) -> View:
    """Checks format and jurisdiction; refusals take GeoReport's form of errors."""

    @wraps(view)
    def answer(request: HttpRequest, form: str, **named: str) -> HttpResponse:
        if form not in MEDIA:
            return _refused(NotFound("governance.open311.form", msgid("Answers come as .json or .xml.")), "json")
        try:
            _jurisdiction(request)
            return view(request, form=form, **named)
        except HunheError as refusal:
            return _refused(refusal, form)

    return answer


@require_safe
@answers
def services(request: HttpRequest, *, form: str) -> HttpResponse:
    """What can be reported."""
    found = [georeport.service(one) for one in queries.list_classes(who=caller(request))]
    return _list(form, "services", "service", found)


@require_safe
@answers
def service(request: HttpRequest, *, code: str, form: str) -> HttpResponse:
    """One service's own questions: none has any beyond place, words and photos."""
    if code not in {one.id for one in queries.list_classes(who=caller(request))}:
        raise NotFound("governance.open311.service", msgid("There is no service %(code)s."), code=code[:40])
    record: Record = {"service_code": code, "attributes": []}
    body = georeport.as_json(record) if form == "json" else georeport.as_xml("service_definition", "", [record])
    return HttpResponse(body, content_type=MEDIA[form])


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@answers
def requests(request: HttpRequest, *, form: str) -> HttpResponse:
    """Reports by place and time to a coarse grid, or a new one."""
    if request.method == "POST":
        return _report(request, form)
    said = request.GET.dict()
    wanted = georeport.asked(said, clock.now())
    page = queries.public_problems(
        who=caller(request),
        ids=wanted.ids,
        kinds=wanted.kinds,
        start=wanted.start,
        end=wanted.end,
        is_open=wanted.is_open,
        cursor=said.get("cursor"),
    )
    names = showing.department_names()
    reply = _list(form, "service_requests", "request", [georeport.request(one, names) for one in page.items])
    if page.next:
        following = request.GET.copy()
        following["cursor"] = page.next
        reply["Link"] = f'<{PATH}.{form}?{following.urlencode()}>; rel="next"'
    return reply


@require_safe
@answers
def one_request(request: HttpRequest, *, request_id: str, form: str) -> HttpResponse:
    """One request by its id."""
    now = clock.now()
    found = queries.public_problems(who=caller(request), ids=(request_id[:40],), kinds=(), start=now, end=now).items
    if not found:
        raise NotFound("governance.open311.request", msgid("There is no such request."))
    return _list(form, "service_requests", "request", [georeport.request(found[0], showing.department_names())])


@require_safe
@answers
def token(request: HttpRequest, *, token: str, form: str) -> HttpResponse:
    """The request that a report became: here at once, since every report is a request from the start."""
    found = queries.problem_of_report(who=caller(request), report_id=token)
    return _list(form, "service_requests", "request", [{"token": token, "service_request_id": found}])


def _report(request: HttpRequest, form: str) -> HttpResponse:
    """A report by a program: the rules of every report, its key, and no data about whoever told the program."""
    said = request.POST.dict()
    who = _client(said.pop("api_key", "") or request.GET.get("api_key", ""))
    lon, lat = georeport.point(said)
    made = actions.report_from_outside(
        who=who,
        kind=said.get("service_code", "")[:16],
        lon=lon,
        lat=lat,
        words=said.get("description", ""),
        place=said.get("address_string", ""),
        photo_ids=_photos(said.get("media_url", "")),
        key=request.headers.get("Idempotency-Key", "") or _key(said),
    )
    record: Record = {
        "service_request_id": made.problem_id,
        "service_notice": gettext("Received. We tell you each step."),
        "account_id": "",
    }
    return _list(form, "service_requests", "request", [record])


def _client(key: str) -> Who:
    found = identity.who_for_token(who=SYSTEM, token=key) if key else None
    if found is None:
        raise Denied("governance.open311.key", msgid("api_key is missing, unknown or revoked."))
    return found


def _photos(address: str) -> list[str]:
    """Only photos that the same program sent to this city before: nothing is fetched from elsewhere."""
    if not address:
        return []
    head, _, rest = address.partition("/street/photos/")
    if not rest or "?" in rest or head.count("/") not in (0, 2):
        raise Invalid("governance.open311.media", msgid("media_url is a photo sent to this city before, /street/photos/<id>/."))
    return [rest.strip("/")[:40]]


def _key(said: Mapping[str, str]) -> str:
    """The same words of the same program on the same day are the same report."""
    day = clock.now().date().isoformat()
    return hashlib.sha256("\x1f".join((day, *(f"{name}={said[name]}" for name in sorted(said)))).encode()).hexdigest()


def _jurisdiction(request: HttpRequest) -> None:
    said = request.POST.get("jurisdiction_id") or request.GET.get("jurisdiction_id")
    if said and said != city.city_facts(who=SYSTEM).code:
        raise NotFound("governance.open311.jurisdiction", msgid("This city's jurisdiction_id is another one."))


def _list(form: str, root: str, element: str, records: Sequence[Record]) -> HttpResponse:
    body = georeport.as_json(records) if form == "json" else georeport.as_xml(root, element, records)
    return HttpResponse(body, content_type=MEDIA[form])


def _refused(refusal: HunheError, form: str) -> HttpResponse:
    status = STATUS.get(refusal.status, refusal.status)
    said = gettext(refusal.message) % refusal.params if refusal.params else gettext(refusal.message)
    reply = _list(form, "errors", "error", [{"code": status, "description": f"{refusal.code}: {said}"}])
    reply.status_code = status
    return reply
