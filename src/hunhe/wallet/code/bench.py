"""`bench scan`: checking a code against the bare signature checks, and a whole scan against commits of one row, as many at a time."""

import asyncio
import json
import os
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.db import connection

from hunhe.kernel.identity import actions as identity
from hunhe.kernel.lanes.shapes import GroupCommit
from hunhe.stone import clock
from hunhe.stone import crypto_device as device_keys
from hunhe.stone.who import Who
from hunhe.wallet.code import actions, issuing, models
from hunhe.wallet.code.lane import make_commit
from hunhe.wallet.code.reading import Incoming, Read, read_scan
from hunhe.wallet.code.rules import frame, window
from hunhe.wallet.code.shapes import NewTerminal

_SYSTEM = Who.system("bench")
_CODES, _FRESH, _AT_ONCE = 3000, 1000, 1024
_SHA256 = ec.ECDSA(SHA256())


@dataclass(frozen=True, slots=True)
class Town:
    """One device and one gate. number: the device's; keys: with which codes are shown."""

    terminal: NewTerminal
    number: int


def bench_scan(codes: int = _CODES) -> list[dict[str, Any]]:
    """Codes a second: checked alone with none and with four fifths of the certificates known; scanned online, receipts on disk."""
    town = _make_town()
    lines = [_verify(town, share) for share in (0.0, 0.8)]
    return [*lines, _online(town, codes)]


def _make_town() -> Town:
    account = identity.create_account(who=_SYSTEM, username="bench.scan", password=os.urandom(12).hex(), kind="citizen")
    identity.raise_level(who=_SYSTEM, account_id=account.id, subject_id="sub_bench", level=2)
    row = models.Device.objects.create(
        id="dev_bench",
        number=4711,
        account_id=account.id,
        subject_id="sub_bench",
        name="bench",
        public_key="02" * 33,
        enrolled_at=clock.now(),
    )
    terminal = actions.register_terminal(who=_SYSTEM, department="data_bureau", name="bench", function="gate")
    return Town(terminal, row.number)


def _certified(town: Town, count: int) -> list[tuple[bytes, ec.EllipticCurvePrivateKey]]:
    keys = [ec.generate_private_key(ec.SECP256R1()) for _ in range(count)]
    points = [key.public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint) for key in keys]
    start = int(clock.now().timestamp()) - window.BACKDATED
    made = issuing.certificates(number=town.number, level=2, not_before=start, minutes=window.LASTS_MINUTES, keys=points)
    return list(zip(made, keys, strict=True))


def _show(certificate: bytes, key: ec.EllipticCurvePrivateKey) -> str:
    shown = frame.moment(certificate=certificate, made_at=int(clock.now().timestamp()), function=0, nonce=os.urandom(4))
    r, s = decode_dss_signature(key.sign(shown, _SHA256))
    return frame.write_frame(shown, r.to_bytes(32) + s.to_bytes(32))


def _incoming(town: Town, codes: Sequence[str]) -> list[Incoming]:
    terminal = town.terminal.terminal.id
    bodies = [json.dumps({"payload": code, "terminal": terminal}).encode() for code in codes]
    return [Incoming(body, town.terminal.secret) for body in bodies]


def _verify(town: Town, share: float) -> dict[str, Any]:
    """What a terminal does alone. Floor: exactly the signature checks that are needed, with keys already read."""
    certified = _certified(town, _FRESH)
    known = certified[: int(_FRESH * share)]
    incoming = _incoming(town, [_show(*one) for one in certified])
    now = int(clock.now().timestamp())
    seconds = []
    for _ in range(3):
        _forget()
        for certificate, _ in known:
            issuing.is_issued(certificate)
            device_keys.read_point(frame.read_certificate(certificate).public_key)
        seconds.append(_timed(lambda: [read_scan(one, now) for one in incoming]))
    read = [read_scan(one, now) for one in incoming]
    if any(one.code for one in read):
        raise RuntimeError(f"a good code was refused: {next(one.code for one in read if one.code)}")
    floor = min(_timed(lambda: _bare_checks(read, len(known))) for _ in range(3))
    value = len(incoming) / min(seconds)
    least = len(incoming) / floor
    return {
        "bench": f"scan verify, {share:.0%} of certificates known",
        "value": round(value),
        "unit": "codes/s",
        "floor": round(least),
        "ratio": round(value / least, 3),
        "detail": f"one thread; {1000 * min(seconds) / len(incoming):.3f} ms a code; floor: "
        + ("two bare signature checks a code" if not known else "one, and a second for the unknown fifth"),
    }


def _forget() -> None:
    issuing.is_issued.cache_clear()
    device_keys.read_point.cache_clear()


def _bare_checks(read: Sequence[Read], known: int) -> None:
    issuer = ed25519.Ed25519PublicKey.from_public_bytes(issuing.issuer().public)
    for number, one in enumerate(read):
        if one.frame is None:
            raise InvalidSignature
        certificate = one.frame.certificate
        if number >= known:
            issuer.verify(certificate.signature, certificate.signed)
            key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), certificate.public_key)
        else:
            key = device_keys.read_point(certificate.public_key) or key
        signature = one.frame.signature
        r, s = int.from_bytes(signature[:32]), int.from_bytes(signature[32:])
        key.verify(encode_dss_signature(r, s), one.frame.shown, _SHA256)


def _online(town: Town, codes: int) -> dict[str, Any]:
    """Whole scans through the lane's group commit; floor: one row a scan, as many a commit as the lane had, in the same run."""
    certified = _certified(town, window.BATCH)
    incoming = _incoming(town, [_show(*certified[number % len(certified)]) for number in range(codes)])
    commit = make_commit()
    now = int(clock.now().timestamp())

    async def scan(one: Incoming) -> int:
        return (await commit.submit(read_scan(one, now))).status

    _bare_table()
    seconds, answers = _through(scan, incoming)
    commit.close()
    size = max(1, round(commit.items / max(1, commit.batches)))
    bare = GroupCommit(_one_row_each, most=size, name="floor")

    async def row(one: Incoming) -> int:
        return await bare.submit(one.body)

    floor_seconds = min(_through(row, incoming)[0] for _ in range(2))
    bare.close()
    passed = sum(status == 200 for status in answers)
    if passed != codes or models.Scan.objects.filter(outcome="passed").count() < passed:
        raise RuntimeError(f"{passed} of {codes} passed")
    value, least = codes / seconds, codes / floor_seconds
    return {
        "bench": "scan",
        "value": round(value),
        "unit": "scans/s",
        "floor": round(least),
        "ratio": round(value / least, 3),
        "detail": f"{os.cpu_count()} cores, one writer; signatures, replay row, scan, use, entry, receipt on disk;"
        f" {size} scans a commit; floor: one bare row a scan, {size} a commit",
    }


def _through(send: Callable[[Incoming], Awaitable[int]], incoming: Sequence[Incoming]) -> tuple[float, list[int]]:
    """Seconds, and what came back, with `_AT_ONCE` callers waiting at any time."""

    async def run() -> list[int]:
        free = asyncio.Semaphore(_AT_ONCE)

        async def one(item: Incoming) -> int:
            async with free:
                return await send(item)

        return await asyncio.gather(*(one(item) for item in incoming))

    started = time.perf_counter()
    answers = asyncio.run(run())
    return time.perf_counter() - started, answers


def _bare_table() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS code_bench_floor (body TEXT)")


def _one_row_each(bodies: Sequence[bytes]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.executemany("INSERT INTO code_bench_floor (body) VALUES (%s)", [(body.decode(),) for body in bodies])
    return [200] * len(bodies)


def _timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
