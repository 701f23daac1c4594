"""The police's liveness check (模拟): is the person before the camera the one on the card?

A department asks with its key and gets a ticket and a page; the person looks in on that page; the department fetches the answer.
There is no camera in this world: on the page one says who one is, and machines send the number of the face they have.
"""

import html
import json
import secrets
import threading
import time
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import parse_qs

NAME = "公安活体核验（模拟）"
KEEP_SECONDS = 900.0
_JSON, _HTML = "application/json; charset=utf-8", "text/html; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Answered:
    status: HTTPStatus
    body: bytes
    media_type: str = _JSON


@dataclass(slots=True)
class Question:
    """One person to be seen. state: waiting, passed or failed."""

    reference: str
    name: str
    id_number: str
    state: str = "waiting"
    asked: float = field(default_factory=time.monotonic)


class Police:
    """Keeps questions in memory for a quarter of an hour."""

    def __init__(self) -> None:
        self._questions: dict[str, Question] = {}
        self._lock = threading.Lock()

    def answer(self, method: str, path: str, body: bytes, *, knows_key: bool, own: str) -> Answered:
        """Answer one request. own: address of this server, for the page's address."""
        parts = [part for part in path.split("/") if part][1:]
        with self._lock:
            self._forget()
            if method == "POST" and not parts:
                return (
                    self._ask(body, own)
                    if knows_key
                    else _said(HTTPStatus.UNAUTHORIZED, {"error": "wrong or missing X-Api-Key"})
                )
            question = self._questions.get(parts[0]) if parts else None
            if question is None:
                return _said(HTTPStatus.NOT_FOUND, {"error": "no such ticket"})
            if parts[1:] == ["face"]:
                return self._look_in(method, question, body)
            if not knows_key:
                return _said(HTTPStatus.UNAUTHORIZED, {"error": "wrong or missing X-Api-Key"})
            return _said(HTTPStatus.OK, {"reference": question.reference, "state": question.state})

    def _ask(self, body: bytes, own: str) -> Answered:
        try:
            asked = json.loads(body)
            question = Question(str(asked["reference"]), str(asked["name"]), str(asked["id_number"]))
        except (ValueError, KeyError, TypeError):
            return _said(HTTPStatus.BAD_REQUEST, {"error": "reference, name and id_number are needed"})
        known = next((ticket for ticket, one in self._questions.items() if one.reference == question.reference), None)
        ticket = known or secrets.token_urlsafe(18)
        self._questions.setdefault(ticket, question)
        return _said(HTTPStatus.CREATED, {"ticket": ticket, "page": f"{own}/liveness/{ticket}/face", "simulated": True})

    def _look_in(self, method: str, question: Question, body: bytes) -> Answered:
        """The face: on the page a button says whose, a machine sends `id_number` of the person it belongs to."""
        if method == "POST" and question.state == "waiting":
            said = parse_qs(body.decode(errors="replace"))
            face = said.get("face", [""])[0]
            question.state = "passed" if face in ("self", question.id_number) else "failed"
        return Answered(HTTPStatus.OK, _page(question).encode(), _HTML)

    def _forget(self) -> None:
        end = time.monotonic() - KEEP_SECONDS
        for ticket in [ticket for ticket, question in self._questions.items() if question.asked < end]:
            del self._questions[ticket]


def _said(status: HTTPStatus, value: object) -> Answered:
    return Answered(status, json.dumps(value, ensure_ascii=False).encode())


_STYLE = (
    "body{margin:0;background:#EDF2F4;color:#0F242B;font:16px/26px 'Noto Sans SC',sans-serif}main{max-width:480px;margin:0 auto;padding:24px 16px}"
    "h1{font-size:20px;line-height:30px}p.mark{border:1px dashed #778A92;border-radius:4px;display:inline-block;padding:0 8px;margin:0;color:#44565E}"
    "button{display:block;width:100%;height:52px;margin:12px 0;border-radius:8px;border:1px solid #155A6B;background:#155A6B;color:#fff;font:inherit;font-weight:700}"
    "button+button{background:#fff;color:#155A6B}"
)


def _page(question: Question) -> str:
    person = html.escape(f"{question.name[:1]}{'*' * max(1, len(question.name) - 1)}")
    words = {
        "waiting": f"<p>本应打开摄像头，请 <b>{person}</b> 眨眼。这里没有摄像头，请选一项：</p>"
        '<form method="post"><button name="face" value="self">是本人，通过</button>'
        '<button name="face" value="other">不是本人</button></form>',
        "passed": "<p><b>核验通过。</b>请回到“我的码”，页面会自己更新。</p>",
        "failed": "<p><b>没有通过：</b>镜头前不是证件上的人。请回到“我的码”，由本人再做一次。</p>",
    }[question.state]
    return (
        f'<!doctype html><html lang="zh-Hans"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f'<title>{NAME}</title><style>{_STYLE}</style></head><body><main><p class="mark">模拟</p><h1>{NAME}</h1>{words}</main></body></html>'
    )
