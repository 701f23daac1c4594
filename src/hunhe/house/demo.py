"""`hunhe demo`: a city that lives on this machine, or one day of it (`--once`)."""

import json
import os
import secrets
import signal
import subprocess
import sys
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape

from hunhe.house.setup import DEMO_MARK, locked, open_folder, prepare
from hunhe.house.supervisor import Child, Supervisor, free_port, wait_until_healthy, web_command, worker_command
from hunhe.stone.errors import Conflict, NotFound, msgid
from hunhe.stone.paths import DataFolder

if TYPE_CHECKING:
    from hunhe.stone.who import Who

ROLES = {
    "public_security": ("steward", "approver", "applicant"),
    "human_resources": ("steward", "approver", "applicant"),
    "market_regulation": ("steward", "approver"),
    "health_insurance": ("steward", "approver", "applicant"),
    "civil_affairs": ("clerk", "examiner", "decider", "approver", "applicant", "licence_keeper"),
    "urban_management": ("patrol", "dispatcher", "fixer", "inspector", "supervisor"),
    "ecology_environment": ("steward", "clerk", "approver", "applicant"),
    "data_bureau": ("reviewer", "analyst", "leader", "administrator", "security_officer", "auditor"),
}


GUESTS = {
    "citizen": "a citizen with matters under way",
    "elder": "a citizen of 60 or more who has not applied for the elder's card",
    "holder": "a citizen who holds the elder's card",
}

SURNAMES = "赵钱孙李周吴郑王冯陈卫蒋沈韩杨朱秦许何吕张孔曹严金魏陶姜"
GIVEN = ("志明", "晓燕", "建国", "春华", "立新", "文静", "海涛", "玉兰", "国强", "雪梅", "振东", "丽娟", "永刚", "桂芳", "少华")


@dataclass(frozen=True, slots=True)
class DemoOptions:
    """What the command line asked for. people: size of the simulated population. air: a series of air readings to replay."""

    var: Path
    city: Path | None
    people: int
    port: int | None
    once: bool
    report: Path | None
    air: Path | None = None


def run_demo(options: DemoOptions) -> int:
    """Run the demo; exit code 0 only if every step of the day held (`--once`), or on an orderly stop."""
    console = Console(stderr=True)
    if options.air is not None and not options.air.is_file():
        raise NotFound("house.air.missing", msgid("There is no air series at %(file)s."), file=options.air)
    _claim(options.var)
    with _step(console, "opening the data folder"):
        folder = open_folder(options.var, options.city, demo=True)
    with locked(folder):
        with _step(console, "preparing database and city content"):
            prepare(folder)
            logins = _demo_logins(folder)
        with _step(console, f"making the world outside ({options.people:,} people, simulated)"):
            world = _make_world(folder, options.people)
        with Supervisor(folder.logs) as supervisor:
            port = options.port or free_port()
            base = f"http://127.0.0.1:{port}"
            os.environ.setdefault("HUNHE_ORIGIN", base)  # what codes on papers lead to
            with _step(console, "starting the city"):
                web = _start(supervisor, port, world)
                wait_until_healthy(base, web)
            result = _play_day(base, world, folder, logins, options.air)
            if options.once:
                supervisor.stop()
                return _conclude(result, options.report, console)
            return _stay(supervisor, base, world, folder, logins, console)


def _claim(var: Path) -> None:
    """Demo folders stay demo folders, and real ones are never used for a demo."""
    mark = var / DEMO_MARK
    if mark.exists():
        return
    if var.is_dir() and any(var.iterdir()):
        raise Conflict(
            "house.folder.not_demo", msgid("%(folder)s holds something else. Choose an empty folder for the demo."), folder=var
        )
    var.mkdir(parents=True, exist_ok=True)
    mark.write_text('{"demo": true}\n')


@contextmanager
def _step(console: Console, title: str) -> Iterator[None]:
    started = time.monotonic()
    with console.status(f"{title} …"):
        yield
    console.print(f"  [green]✓[/] {title} [dim]{time.monotonic() - started:.1f} s[/]")


def _demo_logins(folder: DataFolder) -> Path:
    """Accounts for each demo post, with passwords made for this folder only; the list stays readable by its owner alone."""
    from hunhe.kernel.identity import actions as identity  # Django is up only now
    from hunhe.stone.who import Who

    path = folder.root / "logins.json"
    known: dict[str, dict[str, str]] = json.loads(path.read_text()) if path.exists() else {}
    who = Who.system("demo")
    for department, posts in _demo_posts(who).items():
        for post, also in posts.items():
            if post in known:
                continue
            password = secrets.token_urlsafe(12)
            account = identity.create_account(
                who=who, username=post, password=password, kind="official", department=department, name=_invented_name(post)
            )
            for held in (post, *also):
                identity.appoint(who=who, account_id=account.id, post=held)
            known[post] = {"username": post, "password": password}
    path.touch(mode=0o600)
    path.write_text(json.dumps(known, indent=1))
    return path


def _demo_posts(who: "Who") -> dict[str, dict[str, list[str]]]:
    """Posts by department that somebody of the demo holds, each with what they hold besides: every seat has its own person, and
    whoever has a role without a seat also sits where it is for the whole city, so that one login finds work anywhere."""
    from hunhe.kernel.org import queries as org

    found: dict[str, dict[str, list[str]]] = {}
    for department, roles in ROLES.items():
        seats = [post for post in org.list_posts(who=who, department=department) if post.code.count(".") > 1]
        found[department] = {
            f"{department}.{role}": [seat.code for seat in seats if seat.role == role and not seat.areas] for role in roles
        } | {seat.code: [] for seat in seats}
    return found


def _invented_name(post: str) -> str:
    """A name that nobody bears on purpose; the same post gets the same one in every demo."""
    drawn = zlib.crc32(post.encode())
    return SURNAMES[drawn % len(SURNAMES)] + GIVEN[drawn // len(SURNAMES) % len(GIVEN)]


def _make_world(folder: DataFolder, people: int) -> Path:

    world = folder.root.with_name(f"{folder.root.name}.world")
    if not (world / "world.json").exists():
        divisions = Path(os.environ["HUNHE_CITY"]) / "kernel" / "places" / "divisions.csv"
        command = ["world", "--people", str(people), "--seed", "7", "--divisions", str(divisions), "--out", str(world)]
        subprocess.run([sys.executable, "-m", "hunhe_sim", *command], check=True, stdout=subprocess.DEVNULL)  # noqa: S603  # our own command
    return world


def _start(supervisor: Supervisor, port: int, world: Path) -> Child:
    web = supervisor.add("web", web_command(port))
    supervisor.add("worker", worker_command())
    market = free_port()
    (world / "market.port").write_text(str(market))
    supervisor.add("world", [sys.executable, "-m", "hunhe_sim", "serve", "--world", str(world), "--port", str(market)])
    return web


def _play_day(base: str, world: Path, folder: DataFolder, logins: Path, air: Path | None) -> Path:
    """Let the world outside play one day through public interfaces; its report lies in the data folder."""
    report = folder.root / "day.json"
    report.unlink(missing_ok=True)
    market = f"http://127.0.0.1:{(world / 'market.port').read_text()}"
    command = [sys.executable, "-m", "hunhe_sim", "day", "--base", base, "--world", str(world), "--market", market]
    command += ["--air", str(air.resolve())] if air else []
    subprocess.run([*command, "--logins", str(logins), "--json", str(report)], check=False)  # noqa: S603  # our own command
    return report


def _conclude(result: Path, report: Path | None, console: Console) -> int:
    """Add what the stopped city holds, and its verification, to the day's report and print each step."""
    from hunhe.house.totals import city_totals
    from hunhe.kernel.audit import queries as audit
    from hunhe.stone.who import Who

    if not result.exists():
        console.print("[red]✗[/] the day left no report; see the logs in the data folder")
        return 1
    day = json.loads(result.read_text())
    failed = [asdict(check) for check in audit.verify(who=Who.system("demo"), witness=None) if not check.ok]
    for step in day["steps"]:
        if step["id"] == "audit":
            step["ok"] = step["ok"] and not failed
            step["detail"] = {"day": step["detail"], "verify_failed": failed}
    day["counts"] |= city_totals(Who.system("demo"))
    for step in day["steps"]:
        console.print(f"  {'[green]✓' if step['ok'] else '[red]✗'}[/] {step['id']}")
    if report:
        report.write_text(json.dumps(day, ensure_ascii=False, indent=1))
    return 0 if day["steps"] and all(step["ok"] for step in day["steps"]) else 1


def _stay(supervisor: Supervisor, base: str, world: Path, folder: DataFolder, logins: Path, console: Console) -> int:
    stop = _on_stop_signal()
    _invite_guests(base, world, logins)  # before life begins: both write what the world remembers
    live = ["live", "--base", base, "--world", str(world), "--logins", str(logins)]
    supervisor.add("life", [sys.executable, "-m", "hunhe_sim", *live])
    _welcome(console, base, logins)
    supervisor.run(until=stop)
    return 0


def _invite_guests(base: str, world: Path, logins: Path) -> None:
    """Ask the world outside whom a visitor may be, and keep their logins beside those of the posts."""
    command = [sys.executable, "-m", "hunhe_sim", "guests", "--base", base, "--world", str(world), "--logins", str(logins)]
    asked = subprocess.run(command, check=False, stdout=subprocess.PIPE, text=True)  # noqa: S603  # our own command
    if asked.returncode == 0:
        known = json.loads(logins.read_text())
        logins.write_text(
            json.dumps(json.loads(asked.stdout) | {name: known[name] for name in known if name not in GUESTS}, indent=1)
        )


def _welcome(console: Console, base: str, logins: Path) -> None:
    """Where the city is, and who may sign in as whom; lines are not broken, so that they can be copied."""
    names = _post_names()
    known: dict[str, dict[str, str]] = json.loads(logins.read_text())
    say = partial(console.print, soft_wrap=True, highlight=False)
    say(f"\n  The city lives at [bold]{base}/[/]  sign in: {base}/accounts/login/")
    say(f"  Logins of this folder only, kept in {logins}:\n")
    for name, login in known.items():
        say(f"    {login['username']:<34} {escape(login['password']):<22} {GUESTS.get(name) or names.get(name, '')}")
    say("\n  What to do first as whom: docs/tutorial.md. Ctrl-C stops the city.\n")


def _post_names() -> dict[str, str]:
    """Each demo post in the city's own words."""
    from hunhe.kernel.org import queries as org
    from hunhe.stone.who import Who

    who = Who.system("demo")
    departments = {each.code: each.name for each in org.list_departments(who=who)}
    return {
        post.code: f"{departments[code]} {post.name}"
        for code in ROLES
        if code in departments
        for post in org.list_posts(who=who, department=code)
    }


def _on_stop_signal() -> Callable[[], bool]:
    asked: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda received, frame: asked.append(received))
    return lambda: bool(asked)
