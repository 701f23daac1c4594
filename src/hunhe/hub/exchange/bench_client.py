"""An open-loop HTTP client in a process of its own: requests leave by the clock, whether or not answers have come.

`python -m hunhe.hub.exchange.bench_client PLAN.json` reads {port, path, headers, bodies, rate, seconds, connections, keep} and
writes one JSON object to standard output. Latency counts from the moment a request was due, so a slow server cannot hide.
Answers are told apart without parsing JSON, to leave the processor to the server.
"""

import asyncio
import json
import resource
import sys
import time
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_TICK = 0.002
_GRACE = 5.0


@dataclass(slots=True)
class Tally:
    """What came back. bodies: kept answers, for checking receipts afterwards."""

    sent: int = 0
    good: int = 0
    bad: int = 0
    latencies: list[float] = field(default_factory=list)
    bodies: list[str] = field(default_factory=list)
    first: float = 0.0
    last: float = 0.0


class Connection(asyncio.Protocol):
    """One kept-alive connection; requests may queue on it (HTTP/1.1 pipelining)."""

    def __init__(self, tally: Tally, keep: bool) -> None:
        self.tally, self.keep = tally, keep
        self.due: deque[float] = deque()
        self.buffer = bytearray()
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if isinstance(transport, asyncio.Transport):
            self.transport = transport

    def connection_lost(self, error: Exception | None) -> None:
        """What was not answered by now never will be."""
        self.transport = None
        self.due.clear()

    def send(self, request: bytes, due: float) -> None:
        if self.transport is not None and not self.transport.is_closing():
            self.due.append(due)
            self.tally.sent += 1
            self.transport.write(request)

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while self._take_answer():
            pass

    def _take_answer(self) -> bool:
        end = self.buffer.find(b"\r\n\r\n")
        if end < 0:
            return False
        head = bytes(self.buffer[:end]).lower()
        at = head.find(b"content-length:")
        length = int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
        if len(self.buffer) < end + 4 + length:
            return False
        now = time.perf_counter()
        tally = self.tally
        tally.last = now
        tally.latencies.append(now - self.due.popleft())
        if head[9:12] == b"200":
            tally.good += 1
            if self.keep:
                tally.bodies.append(bytes(self.buffer[end + 4 : end + 4 + length]).decode())
        else:
            tally.bad += 1
        del self.buffer[: end + 4 + length]
        return True


async def drive(plan: dict[str, Any]) -> Tally:
    """Send `rate` requests a second for `seconds`, round robin over the connections, then wait for stragglers."""
    requests = _requests(plan)
    tally, loop = Tally(), asyncio.get_running_loop()
    pairs = [
        await loop.create_connection(lambda: Connection(tally, plan["keep"]), "127.0.0.1", plan["port"])
        for _ in range(plan["connections"])
    ]
    connections = [protocol for _, protocol in pairs]
    started = tally.first = time.perf_counter()
    total = int(plan["rate"] * plan["seconds"])
    done = 0
    while done < total:
        elapsed = time.perf_counter() - started
        wanted = min(total, int(elapsed * plan["rate"]))
        if elapsed > plan["seconds"] + 1:
            break
        for number in range(done, wanted):
            connections[number % len(connections)].send(requests[number % len(requests)], started + number / plan["rate"])
        done = max(done, wanted)
        await asyncio.sleep(_TICK)
    deadline = time.perf_counter() + plan.get("grace", _GRACE)
    while any(connection.due for connection in connections) and time.perf_counter() < deadline:
        await asyncio.sleep(0.01)
    for connection in connections:
        if connection.transport is not None:
            connection.transport.abort()
    return tally


def _requests(plan: dict[str, Any]) -> list[bytes]:
    head = "".join(f"{name}: {value}\r\n" for name, value in plan["headers"].items())
    made = []
    for body in plan["bodies"]:
        raw = body["body"].encode()
        extra = f"Idempotency-Key: {body['key']}\r\n" if body.get("key") else ""
        top = f"POST {plan['path']} HTTP/1.1\r\nHost: 127.0.0.1\r\n{head}{extra}Content-Length: {len(raw)}\r\n\r\n"
        made.append(top.encode() + raw)
    return made


def main() -> None:
    plan = json.loads(Path(sys.argv[1]).read_text())
    tally = asyncio.run(drive(plan))
    usage = resource.getrusage(resource.RUSAGE_SELF)
    ordered = sorted(tally.latencies) or [0.0]
    report = {
        "sent": tally.sent,
        "good": tally.good,
        "bad": tally.bad,
        "seconds": tally.last - tally.first,
        "p50": ordered[len(ordered) // 2],
        "p99": ordered[min(len(ordered) - 1, len(ordered) * 99 // 100)],
        "cpu": usage.ru_utime + usage.ru_stime,
        "bodies": tally.bodies,
    }
    sys.stdout.write(json.dumps(report))


if __name__ == "__main__":
    main()
