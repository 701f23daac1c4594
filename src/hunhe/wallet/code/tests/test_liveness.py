"""Level 3 comes only with the police's yes: asked in a job, followed, bounded, and over after ten minutes."""

import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from hunhe.hub.bases import queries as bases
from hunhe.hub.bases.shapes import Golden, GoldenField
from hunhe.kernel.events import actions as events
from hunhe.kernel.identity import queries as identity
from hunhe.stone import clock
from hunhe.stone.errors import Conflict, Denied, Invalid, Unavailable
from hunhe.stone.who import Who
from hunhe.wallet.code import actions, models, queries
from hunhe.wallet.code.shapes import LivenessState
from hunhe.wallet.code.tests.scene import SYSTEM, ZHAO, Scene

WRONG = (
    {"state": "waiting"},
    {"state": "maybe", "reference": "own"},
    {"state": "passed", "reference": "another"},
    [],
    "x" * 20_000,
)


class Desk(BaseHTTPRequestHandler):
    """The police as the test wants them: `said` is the next answer, `asked` what came."""

    said: object = {"state": "waiting"}
    down = False
    asked: list[dict[str, str]]
    page = ""

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        type(self).asked.append(body | {"key": self.headers["X-Api-Key"]})
        self._reply({"ticket": "ticket-0001", "page": type(self).page or f"http://{self.headers['Host']}/liveness/t/face"})

    def do_GET(self) -> None:
        said = type(self).said
        if isinstance(said, dict) and said.get("reference", "own") == "own":
            said = said | {"reference": type(self).asked[-1]["reference"]}
        self._reply(said)

    def _reply(self, value: object) -> None:
        body = json.dumps(value).encode()
        self.send_response(503 if type(self).down else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None: ...


@pytest.fixture
def desk(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Desk]]:
    class Own(Desk):
        asked: list[dict[str, str]] = []  # one server, one list

    server = HTTPServer(("127.0.0.1", 0), Own)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    actions.set_connection(who=SYSTEM, name="liveness", location=f"http://127.0.0.1:{server.server_port}", secret="k1")
    golden = Golden(
        base="population",
        subject_id=ZHAO,
        status="normal",
        fields=(
            GoldenField(name="name", title="姓名", value="赵强", source=None, reason="only"),
            GoldenField(name="id_number", title="号码", value="21010319700101333X", source=None, reason="only"),
        ),
        links=(),
    )
    monkeypatch.setattr(bases, "subject", lambda *, who, base, subject_id: golden)
    yield Own
    clock.install(None)
    server.shutdown()
    server.server_close()


def _run(seconds: int = 0) -> None:
    """Let jobs run, `seconds` later."""
    clock.install(clock.shifted(timedelta(seconds=seconds)))
    events.run_due(who=SYSTEM)


def _who(scene: Scene) -> Who:
    return identity.who_by_account_id(who=SYSTEM, account_id=scene.zhao.who.id)


def _state(scene: Scene) -> LivenessState:
    found = queries.newest_liveness(who=scene.zhao.who)
    assert found is not None
    return found.state


def test_a_yes_of_the_police_makes_a_real_person(scene: Scene, desk: type[Desk]) -> None:
    asked = actions.ask_liveness(who=scene.zhao.who)
    assert (asked.state, asked.page) == ("asked", "")
    _run()
    found = queries.newest_liveness(who=scene.zhao.who)
    assert found is not None
    assert found.page.endswith("/liveness/t/face")
    assert desk.asked[0] == {"reference": asked.id, "name": "赵强", "id_number": "21010319700101333X", "key": "k1"}
    _run(2)
    assert (_state(scene), _who(scene).level) == ("asked", 2)
    desk.said = {"state": "passed"}
    _run(60)
    assert (_state(scene), _who(scene).level) == ("passed", 3)
    with pytest.raises(Conflict):
        actions.ask_liveness(who=_who(scene))


def test_a_no_leaves_the_level_and_may_be_asked_again(scene: Scene, desk: type[Desk]) -> None:
    first = actions.ask_liveness(who=scene.zhao.who)
    assert actions.ask_liveness(who=scene.zhao.who).id == first.id, "while one is open, that one"
    desk.said = {"state": "failed"}
    _run()
    _run(60)
    assert (_state(scene), _who(scene).level) == ("failed", 2)
    assert actions.ask_liveness(who=scene.zhao.who).id != first.id


def test_without_an_answer_it_is_over_after_ten_minutes(scene: Scene, desk: type[Desk]) -> None:
    actions.ask_liveness(who=scene.zhao.who)
    _run()
    _run(300)
    assert _state(scene) == "asked"
    clock.install(clock.shifted(timedelta(minutes=10, seconds=1)))
    assert _state(scene) == "expired", "whatever has become of its jobs"
    _run(700)
    assert models.Liveness.objects.get().state == "expired"
    assert _who(scene).level == 2


@pytest.mark.parametrize("said", WRONG)
def test_an_answer_not_as_agreed_decides_nothing(scene: Scene, desk: type[Desk], said: object) -> None:
    actions.ask_liveness(who=scene.zhao.who)
    _run()
    desk.said = said
    _run(60)
    assert (_state(scene), _who(scene).level) == ("asked", 2)


def test_a_service_that_is_down_is_asked_again(scene: Scene, desk: type[Desk]) -> None:
    actions.ask_liveness(who=scene.zhao.who)
    desk.down = True
    _run()
    assert _state(scene) == "asked"
    desk.down = False
    _run(120)
    found = queries.newest_liveness(who=scene.zhao.who)
    assert found is not None
    assert found.page


def test_people_are_sent_to_the_police_and_nowhere_else(scene: Scene, desk: type[Desk]) -> None:
    desk.page = "https://phishing.example/face"
    actions.ask_liveness(who=scene.zhao.who)
    _run()
    found = queries.newest_liveness(who=scene.zhao.who)
    assert found is not None
    assert found.page == ""


def test_where_nothing_is_connected_the_page_says_so(scene: Scene) -> None:
    with pytest.raises(Unavailable):
        actions.ask_liveness(who=scene.zhao.who)


@pytest.mark.parametrize("location", ["", "ftp://police", "file:///etc/passwd", "http://", "http://a@b/", "police.example"])
def test_a_connection_is_an_address_of_the_web(scene: Scene, location: str) -> None:
    with pytest.raises(Invalid):
        actions.set_connection(who=SYSTEM, name="liveness", location=location)


def test_only_operators_set_the_connection(scene: Scene) -> None:
    with pytest.raises(Denied):
        actions.set_connection(who=scene.lin.who, name="liveness", location="http://127.0.0.1:1")
