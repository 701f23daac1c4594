import pytest
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.test import Client, RequestFactory

from hunhe.stone.errors import Conflict, Denied, NotFound, Unauthenticated, Unavailable
from hunhe.stone.who import Who
from hunhe.ui.callers import identify
from hunhe.ui.middleware import RefusalMiddleware
from hunhe.ui.pages import Page, pages_for, register


def refuse(error: Exception, path: str = "/desk/x/", htmx: bool = False) -> HttpResponse | None:
    request = RequestFactory().get(path)
    identify(request, Who.anonymous())
    request.htmx = htmx  # type: ignore[attr-defined]  # as HtmxMiddleware
    request.session = {}  # type: ignore[assignment]  # a session as far as pages read it

    def view(request: HttpRequest) -> HttpResponse:
        raise AssertionError

    return RefusalMiddleware(view).process_exception(request, error)


@pytest.mark.parametrize(
    ("error", "status"),
    [(NotFound("a.b", "Gone %(what)s", what="away"), 404), (Denied("a.b", "No"), 403), (Unavailable("a.b", "Down"), 503)],
)
def test_refusals_become_pages(error: Exception, status: int) -> None:
    answer = refuse(error)
    assert answer is not None
    assert answer.status_code == status
    assert b"a.b" in answer.content
    assert b'data-skin="desk"' in answer.content


@pytest.mark.parametrize(
    ("method", "came_from", "back"),
    [
        ("post", "http://testserver/desk/cases/c1/?view=late#x", 'href="/desk/cases/c1/?view=late"'),
        ("post", "http://elsewhere/desk/cases/c1/", ""),
        ("post", "http://testserver//elsewhere/", ""),
        ("post", "", ""),
        ("get", "http://testserver/desk/", ""),
    ],
)
def test_a_refused_form_leads_back_to_its_page(method: str, came_from: str, back: str) -> None:
    request = getattr(RequestFactory(), method)("/desk/x/", headers={"Referer": came_from})
    identify(request, Who.anonymous())
    request.htmx, request.session = False, {}
    answer = RefusalMiddleware(lambda request: HttpResponse()).process_exception(request, Conflict("a.b", "Moved on"))
    assert answer is not None
    page = answer.content.decode()
    assert ("Look again" in page or "再看一眼" in page) == bool(back)
    assert back in page


def test_parameters_are_filled_in_and_escaped() -> None:
    answer = refuse(NotFound("a.b", "No %(what)s here", what="<b>"))
    assert answer is not None
    assert "No &lt;b&gt; here" in answer.content.decode()


def test_a_partial_page_gets_a_fragment() -> None:
    answer = refuse(Denied("a.b", "No"), htmx=True)
    assert answer is not None
    assert b"<html" not in answer.content


def test_strangers_are_led_to_the_door_and_back() -> None:
    answer = refuse(Unauthenticated("a.b", "Sign in"), "/desk/x/?y=1")
    assert answer is not None
    assert answer.status_code == 302
    assert answer["Location"].endswith("?next=%2Fdesk%2Fx%2F%3Fy%3D1")


def test_the_api_gets_a_problem() -> None:
    answer = refuse(Denied("a.b", "No"), "/api/v1/x")
    assert answer is not None
    assert answer["Content-Type"] == "application/problem+json"


def test_other_errors_are_not_swallowed() -> None:
    assert refuse(ValueError()) is None


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/no-such-page/", "/desk/no-such-page/"])
def test_unknown_addresses_get_a_page(client: Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert b"mark" in answer.content


def test_the_last_resort_page_needs_no_context() -> None:
    assert "<main" in render_to_string("500.html")


@pytest.mark.django_db
def test_layout_is_kept_in_a_cookie_and_goes_only_to_this_city(client: Client) -> None:
    answer = client.post("/settings/layout/", {"layout": "elder", "next": "https://elsewhere.example/"})
    assert answer["Location"] == "/"
    assert client.cookies["hunhe_layout"].value == "elder"
    client.post("/settings/layout/", {"layout": "usual", "next": "/"})
    assert client.cookies["hunhe_layout"].value == ""


def test_navigation_shows_what_the_caller_may_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hunhe.ui.pages._pages", [])
    register(Page(skin="cockpit", url_name="ui:components", label="Secret", icon="lock", may="x.may_see", order=1))
    assert "Secret" not in [page.label for page in pages_for("cockpit", Who.anonymous())]
    allowed = Who(id="a", kind="official", may=frozenset({"x.may_see"}))
    assert "Secret" in [page.label for page in pages_for("cockpit", allowed)]
