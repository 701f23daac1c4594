"""The simulator's command line."""

import argparse
import json
import os
import signal
import sys
import threading
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from hunhe_sim.server import FAULTS, make_server, register_of
from hunhe_sim.systems.public_security import copy_to_postgres
from hunhe_sim.world import AS_OF, Order, make_world

Options = argparse.Namespace


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; wrong input prints one sentence and returns 1."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except (ValueError, FileNotFoundError) as error:
        sys.stderr.write(f"hunhe_sim: {error}\n")
        return 1


def _world(options: Options) -> int:
    world = make_world(Order(options.people, options.seed, options.divisions, options.out, options.as_of))
    if options.postgres:
        copy_to_postgres(options.out, options.postgres)
    print(json.dumps(world, ensure_ascii=False))
    return 0


def _serve(options: Options) -> int:
    register = register_of(options.world, tuple(name for name in options.faults.split(",") if name))
    with make_server(register, options.port) as server:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda received, frame: threading.Thread(target=server.shutdown).start())
        print(f"http://127.0.0.1:{server.server_port}/", flush=True)
        server.serve_forever(poll_interval=0.2)
    return 0


def _day(options: Options) -> int:
    from hunhe_sim.day.cast import DayOrder
    from hunhe_sim.day.play import run_day  # httpx and cryptography are needed only here

    order = DayOrder(
        options.base, options.world, options.market or _market(options.world), options.logins, options.json, options.air
    )
    return 0 if run_day(order).ok else 1


def _live(options: Options) -> int:
    from hunhe_sim.day.cast import DayOrder
    from hunhe_sim.live import live

    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda received, frame: stop.set())
    live(
        DayOrder(options.base, options.world, options.market or _market(options.world), options.logins, None),
        stop,
        options.pace,
    )
    return 0


def _guests(options: Options) -> int:
    from hunhe_sim.day.cast import DayOrder
    from hunhe_sim.day.guests import invite

    print(json.dumps(invite(DayOrder(options.base, options.world, options.market or "", options.logins))))
    return 0


def _market(world: Path) -> str:
    """The register's address: beside the world where its server's port was noted, else from the environment."""
    noted = world / "market.port"
    return (
        f"http://127.0.0.1:{noted.read_text().strip()}"
        if noted.exists()
        else os.environ.get("HUNHE_SIM_MARKET", "http://127.0.0.1:8765")
    )


def _day_of(text: str) -> date:
    return date.today() if text == "today" else date.fromisoformat(text)  # noqa: DTZ011 — the day on this machine's wall


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="hunhe_sim", description="The world outside, simulated (模拟). Speaks only public interfaces."
    )
    commands = parser.add_subparsers(required=True)
    world = commands.add_parser("world", help="make a fictional population and the lists of four offices")
    world.add_argument("--people", type=int, required=True)
    world.add_argument("--seed", type=int, default=7)
    world.add_argument("--divisions", type=Path, required=True, help="CSV: code,level,name,parent_code")
    world.add_argument("--out", type=Path, required=True)
    world.add_argument("--as-of", type=_day_of, default=AS_OF, help="day the lists are drawn up: YYYY-MM-DD or today")
    world.add_argument("--postgres", help="also write the household register to this database")
    world.set_defaults(run=_world)
    serve = commands.add_parser("serve", help="serve the market register over HTTP on 127.0.0.1")
    serve.add_argument("--world", type=Path, required=True)
    serve.add_argument("--port", type=int, required=True)
    serve.add_argument("--faults", default="", help=f"comma-separated: {', '.join(FAULTS)}")
    serve.set_defaults(run=_serve)
    for name, run, words in (
        ("day", _day, "play one day through public interfaces"),
        ("live", _live, "keep the city busy until stopped"),
        ("guests", _guests, "print the logins of people whom a visitor may be"),
    ):
        player = commands.add_parser(name, help=words)
        player.add_argument("--base", required=True)
        player.add_argument("--world", type=Path, required=True)
        player.add_argument("--logins", type=Path, required=True)
        player.add_argument("--market", help="address of `serve`")
        player.set_defaults(run=run)
        if name == "day":
            player.add_argument("--json", type=Path)
            player.add_argument("--air", type=Path, help="CSV of an air series to replay: year,month,day,hour,PM_…")
        elif name == "live":
            player.add_argument("--pace", type=float, default=1.0, help="1 is human pace; 10 is ten times as fast")
    return parser
