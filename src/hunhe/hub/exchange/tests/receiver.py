"""A department's receiver of pushed changes: an HTTP server that checks signatures and reads CloudEvents as others do."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cloudevents.core.base import BaseCloudEvent
from cloudevents.core.formats.json import JSONFormat
from standardwebhooks.webhooks import Webhook


class Receiver:
    """What came in, batch by batch. secret: to check with; answer: the status for each next batch."""

    def __init__(self) -> None:
        self.secret = ""
        self.address = ""
        self.names: list[str] = []
        self.batches: list[list[BaseCloudEvent]] = []
        self.answer: Callable[[], int] = lambda: 204

    def take(self, headers: dict[str, str], body: bytes) -> int:
        """A batch that is not signed as it should be is refused, as a receiver must."""
        status = self.answer()
        if 200 <= status < 300:
            events: list[dict[str, Any]] = Webhook(self.secret).verify(body, headers)
            self.names.append(headers["webhook-id"])
            self.batches.append([JSONFormat().read(None, json.dumps(event)) for event in events])
        return status

    @property
    def events(self) -> list[BaseCloudEvent]:
        return [event for batch in self.batches for event in batch]

    @property
    def numbers(self) -> list[int]:
        return [int(event.get_extension("sequence")) for event in self.events]

    def state(self) -> dict[str, Any]:
        """The receiver's own copy, by record, as its changes leave it."""
        rows: dict[str, Any] = {}
        for event in self.events:
            record = str(event.get_subject())
            if event.get_type().endswith(".removed"):
                rows.pop(record, None)
            else:
                rows[record] = event.get_data()
        return rows


@contextmanager
def receiver() -> Iterator[Receiver]:
    found = Receiver()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:  # the server's name for it
            body = self.rfile.read(int(self.headers["content-length"]))
            status = found.take({name.lower(): value for name, value in self.headers.items()}, body)
            self.send_response(status)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found.address = f"http://127.0.0.1:{server.server_address[1]}/changes"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
