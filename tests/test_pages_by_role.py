"""Each page for each role, from the URL map itself: looking changes nothing, refusals neither, and nobody gets what is not theirs."""

import re
from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from tests.roles import ROLES, clients, row_counts

__all__ = ["clients"]

ALIEN = "nothing-such"
OPEN_TO_ALL = re.compile(
    r"^/(\.well-known/|air/|settings/|manifest\.webmanifest|sw\.js|street/nearby/|open311/|service/|find/|elder/|layout/|language/|i18n/|verify/|accounts/|developer/|catalogue|healthz|$)"
)
REFUSED = (401, 403, 404, 405, 409, 422)
PUBLISHED = ("/desk/catalogue/", "/desk/exchange/services/")  # what the catalogue says to everybody
CLOSED = ("/desk/", "/cockpit/")  # to whoever is no official


def _patterns(resolver: URLResolver, prefix: str = "/") -> Iterator[str]:
    for entry in resolver.url_patterns:
        route = prefix + str(entry.pattern).lstrip("^").rstrip("$")
        if isinstance(entry, URLPattern):
            yield route
        else:
            yield from _patterns(entry, route)


def _pages() -> list[str]:
    """Every page, its parameters filled with what does not exist; `/api/` has a table of its own."""
    found = dict.fromkeys(
        re.sub(r"<int:[^>]*>", "1", re.sub(r"<(?!int:)[^>]*>", ALIEN, route)) for route in _patterns(get_resolver())
    )
    return [url for url in found if not url.startswith("/api/") and "(?P" not in url]


def _is_closed(url: str) -> bool:
    return url.startswith(CLOSED) and not url.startswith(PUBLISHED)


def test_the_url_map_has_pages_of_every_skin() -> None:
    pages = _pages()
    for start in ("/desk/", "/cockpit/", "/developer/", "/uses/", "/accounts/login/"):
        assert [url for url in pages if url.startswith(start)], start


@pytest.mark.django_db
@pytest.mark.parametrize("role", ROLES)
def test_looking_at_a_page_changes_nothing(clients: dict[str, Client], role: str, subtests: pytest.Subtests) -> None:
    for url in _pages():
        with subtests.test(url=url):
            before = row_counts()
            answer = clients[role].get(url)
            assert answer.status_code < 500, answer.content[:300]
            if role in ("anonymous", "citizen") and _is_closed(url):
                assert answer.status_code in (302, 403, 404, 405), "opens for anybody"
            if role == "anonymous" and answer.status_code == 200 and not url.startswith(PUBLISHED):
                assert OPEN_TO_ALL.match(url), "opens without signing in"
            assert row_counts() == before


@pytest.mark.django_db
@pytest.mark.parametrize("role", ROLES)
def test_an_empty_form_is_refused_and_changes_nothing(clients: dict[str, Client], role: str, subtests: pytest.Subtests) -> None:
    """A form sent to something that does not exist: refused, sent elsewhere or shown again, never half done."""
    for url in _pages():
        with subtests.test(url=url):
            before = row_counts()
            answer = clients[role].post(url)
            assert answer.status_code < 500, answer.content[:300]
            if answer.status_code in REFUSED:
                assert row_counts() == before
            if role in ("anonymous", "citizen") and _is_closed(url):
                assert answer.status_code in REFUSED, "acts for anybody"
                assert row_counts() == before


@pytest.mark.django_db
def test_a_form_without_its_token_is_refused(clients: dict[str, Client], subtests: pytest.Subtests) -> None:
    """Cross-site requests: each page that takes a form asks for the token of the session."""
    session = clients["steward"].cookies["sessionid"].value
    strict = Client(enforce_csrf_checks=True)
    strict.cookies["sessionid"] = session
    for url in _pages():
        with subtests.test(url=url):
            before = row_counts()
            assert strict.post(url).status_code in (302, 403, 404, 405)
            assert row_counts() == before
