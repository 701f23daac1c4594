"""The command line: `hunhe …`. Parses, opens the data folder, calls one door, prints its answer."""

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, is_dataclass
from pathlib import Path
from typing import Any

from hunhe.house.setup import is_demo, locked, migrate, open_folder, port_number, prepare
from hunhe.stone.errors import Conflict, HunheError, NotFound, msgid
from hunhe.stone.paths import DataFolder
from hunhe.stone.who import Who

Options = argparse.Namespace
WHO = Who.system("cli")
TEST_PROGRAMS = {"chromium": "chromium", "postgresql": "psql"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; refusals print one sentence and return 1 (2 for wrong usage)."""
    try:
        options = _parser().parse_args(arguments)
        return int(options.run(options))
    except HunheError as error:
        sys.stderr.write(f"hunhe: {error}\n")
        return 1


def _var(options: Options, default: str = "var/city") -> Path:
    return options.var or Path(os.environ.get("HUNHE_VAR", default))


def _existing(options: Options) -> DataFolder:
    """The data folder of a city that is there already, opened; a mistyped one is not made."""
    folder = DataFolder(_var(options).resolve())
    if "HUNHE_DATABASE" not in os.environ and not folder.database.exists():
        raise NotFound("house.folder.no_city", msgid("There is no city in %(folder)s."), folder=folder.root)
    return open_folder(folder.root)


def _print(value: Any) -> None:
    shown = asdict(value) if is_dataclass(value) and not isinstance(value, type) else value
    sys.stdout.write(json.dumps(shown, ensure_ascii=False, indent=1, default=str) + "\n")


def _demo(options: Options) -> int:
    from hunhe.house.demo import DemoOptions, run_demo  # each command imports only what it needs

    return run_demo(
        DemoOptions(
            _var(options, "var/demo"), options.city, options.people, options.port, options.once, options.json, options.air
        )
    )


def _up(options: Options) -> int:
    from hunhe.house.supervisor import Supervisor, wait_until_healthy, web_command, worker_command

    folder = open_folder(_var(options), options.city)
    if is_demo(folder):
        raise Conflict(
            "house.folder.demo", msgid("%(folder)s is a demo folder. Choose another for a real city."), folder=folder.root
        )
    with locked(folder):
        prepare(folder)
        os.environ.setdefault("HUNHE_ORIGIN", f"http://127.0.0.1:{options.port}")  # what codes on papers lead to
        stopped: list[int] = []
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda received, frame: stopped.append(received))
        with Supervisor(folder.logs) as supervisor:
            web = supervisor.add("web", web_command(options.port))
            supervisor.add("worker", worker_command())
            wait_until_healthy(f"http://127.0.0.1:{options.port}", web)
            sys.stderr.write(f"http://127.0.0.1:{options.port}/\n")
            supervisor.run(until=lambda: bool(stopped))
    return 0


def _test(options: Options) -> int:
    repository = Path(__file__).resolve().parents[2]
    if lacking := [package for package, program in TEST_PROGRAMS.items() if shutil.which(program) is None]:
        sys.stderr.write(f"Tests that need {' or '.join(lacking)} will skip. To run them too, on Debian or Ubuntu:\n")
        sys.stderr.write(f"  sudo apt-get install -y {' '.join(lacking)}\n")
    workers = [] if any(argument.startswith("-n") for argument in options.rest) else ["-n", "2"]
    return subprocess.call([sys.executable, "-m", "pytest", *workers, *options.rest], cwd=repository)  # noqa: S603  # the user's own arguments


def _bench(options: Options) -> int:
    from hunhe.house.bench import run_benches

    return run_benches(options.names, options.people, options.json)


def _verify(options: Options) -> int:
    open_folder(_var(options))
    from hunhe.kernel.audit import queries as audit

    results = [asdict(result) for result in audit.verify(who=WHO, witness=options.witness)]
    for result in results:
        sys.stdout.write(f"{'ok  ' if result['ok'] else 'FAIL'} {result['check']}: {result['detail']}\n")
    if options.json:
        options.json.write_text(json.dumps(results, ensure_ascii=False, indent=1))
    return 0 if results and all(result["ok"] for result in results) else 1


def _backup(options: Options) -> int:
    folder = _existing(options)
    from hunhe.house.backup import back_up

    _print(back_up(folder, options.file, options.to, with_keys=options.with_keys))
    return 0


def _restore(options: Options) -> int:
    from hunhe.house.restore import restore

    folder = DataFolder(_var(options).resolve())
    _print(restore(options.file, folder, options.key))
    open_folder(folder.root)
    migrate()
    return _verify(options)


def _upgrade(options: Options) -> int:
    with locked(_existing(options)):
        migrate()
    return 0


def _doctor(options: Options) -> int:
    folder = _existing(options)
    from hunhe.house.doctor import examine

    well = True
    for finding in examine(folder):
        well &= finding.ok
        sys.stdout.write(f"{'ok  ' if finding.ok else 'SEE '} {finding.what}: {finding.detail}\n")
        sys.stdout.write("" if finding.ok else f"     → {finding.advice}\n")
    return 0 if well else 1


def _keys_backup(options: Options) -> int:
    _existing(options)
    from hunhe.house.backup import new_backup_key

    sys.stdout.write(f"{new_backup_key(options.file)}\n")
    return 0


def _user_add(options: Options) -> int:
    _existing(options)
    from hunhe.house import users

    _print(users.add(options.username, options.department, options.name, options.post))
    return 0


def _user_reset(options: Options) -> int:
    _existing(options)
    from hunhe.house import users

    _print(users.reset(options.username))
    return 0


def _user_close(options: Options) -> int:
    _existing(options)
    from hunhe.house import users

    users.close(options.username)
    return 0


def _user_list(options: Options) -> int:
    _existing(options)
    from hunhe.house import users

    for line in users.lines():
        sys.stdout.write(f"{line}\n")
    return 0


def _city_new(options: Options) -> int:
    open_folder(_var(options))
    from hunhe.kernel.city import actions as city

    _print(city.new_city(who=WHO, divisions=options.divisions, name=options.name, folder=options.city))
    return 0


def _city_check(options: Options) -> int:
    open_folder(_var(options), options.city)
    from django.conf import settings

    from hunhe.kernel.city import queries as city

    doubts = city.check_city(who=WHO, folder=settings.HUNHE_CITY)
    for doubt in doubts:
        sys.stdout.write(f"{doubt}\n")
    sys.stdout.write("" if doubts else "city content: no doubt\n")
    return 1 if doubts else 0


def _city_apply(options: Options) -> int:
    folder = open_folder(_var(options), options.city, demo=False)
    prepare(folder)
    return 0


def _city_show(options: Options) -> int:
    open_folder(_var(options), options.city)
    from hunhe.kernel.city import queries as city

    _print(city.city_facts(who=WHO))
    return 0


def _hub_land(options: Options) -> int:
    prepare(open_folder(_var(options)))
    from hunhe.hub.collect import actions as collect

    _print(collect.land_file(who=WHO, path=options.file, dataset=options.dataset))
    return 0


def _hub_build(options: Options) -> int:
    prepare(open_folder(_var(options)))
    from hunhe.hub.bases import actions as bases
    from hunhe.hub.bases import queries as bases_queries
    from hunhe.hub.themes import actions as themes
    from hunhe.hub.themes import queries as themes_queries

    for base in options.names or [known.base for known in bases_queries.list_bases(who=WHO)]:
        _print(bases.build(who=WHO, base=base))
    for theme in () if options.names else themes_queries.list_themes(who=WHO):
        _print(themes.run_theme(who=WHO, theme=theme.id))
    return 0


def _hub_lineage(options: Options) -> int:
    open_folder(_var(options))
    from hunhe.hub.themes import queries as themes

    table, column = themes.split_column(who=WHO, name=options.column)
    found = themes.lineage(who=WHO, table=table, column=column, down=options.down)
    if options.json:
        _print([asdict(one) for one in found])
        return 0
    for one in found:
        sys.stdout.write(
            f"{'  ' * one.steps}{'→' if options.down else '←'} {one.table}{f'.{one.column}' if one.column else ''}\n"
        )
    return 0


def _hub_resolve(options: Options) -> int:
    from hunhe.house.setup import temporary_folder

    with temporary_folder():
        from hunhe.hub.bases import actions as bases

        resolution = bases.resolve_list(who=WHO, path=options.file, truth=options.truth)
    facts = {name: getattr(resolution, name) for name in ("records", "entities", "precision", "recall", "f1", "seconds")}
    sys.stdout.write(
        json.dumps(facts) + "\n" if options.json else "".join(f"{name} {value}\n" for name, value in facts.items())
    )
    return 0


def _catalogue_import(options: Options) -> int:
    prepare(open_folder(_var(options)))
    from hunhe.hub.catalogue import actions as catalogue

    _print(catalogue.import_file(who=WHO, path=options.file, format=options.format))
    return 0


def _catalogue_export(options: Options) -> int:
    open_folder(_var(options))
    from hunhe.hub.catalogue import queries as catalogue

    sys.stdout.write(catalogue.export_dcat(who=WHO))
    return 0


def _work(options: Options) -> int:
    open_folder(_var(options))
    from hunhe.kernel.events import worker

    worker.run_worker()
    return 0


def _run_job(options: Options) -> int:
    open_folder(_var(options))
    from hunhe.kernel.events import actions as events

    events.run_job(who=WHO, job_id=options.job)
    return 0


def _command(group: Any, name: str, run: Callable[[Options], int], text: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = group.add_parser(name, help=text, description=text)
    parser.set_defaults(run=run)
    parser.add_argument("--var", type=Path, help="data folder (also HUNHE_VAR)")
    return parser


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="hunhe", description="A digital city on this machine.")
    top = parser.add_subparsers(required=True, metavar="COMMAND")

    demo = _command(top, "demo", _demo, "a living demo city; --once plays one day and checks it")
    demo.add_argument("--people", type=int, default=5000)
    demo.add_argument("--city", type=Path)
    demo.add_argument("--port", type=port_number)
    demo.add_argument("--once", action="store_true")
    demo.add_argument("--json", type=Path)
    demo.add_argument("--air", type=Path, help="replay a real air series (columns of pm25_shenyang_2010_2014.csv)")

    up = _command(top, "up", _up, "serve a city")
    up.add_argument("--city", type=Path)
    up.add_argument("--port", type=port_number, default=8000)

    test = top.add_parser("test", help="run the tests", add_help=False, prefix_chars="\0")
    test.set_defaults(run=_test)
    test.add_argument("rest", nargs="*")

    bench = _command(top, "bench", _bench, "measure, each bench beside its floor")
    bench.add_argument("names", nargs="*")
    bench.add_argument("--people", type=int)
    bench.add_argument("--json", type=Path)

    verify = _command(top, "verify", _verify, "check audit, batches and lake; needs no server")
    verify.add_argument("--witness", type=Path)
    verify.add_argument("--json", type=Path)

    _add_care(top)
    _add_users(top)
    _add_city(top)
    _add_hub(top)
    _command(top, "work", _work, "run the jobs of a city (the supervisor starts this)")
    _command(top, "run-job", _run_job, "run one heavy job (the worker starts this)").add_argument("job")
    return parser


def _add_care(top: Any) -> None:
    backup = _command(top, "backup", _backup, "write the city, as it is now, into one sealed file; serving goes on")
    backup.add_argument("file", type=Path)
    backup.add_argument(
        "--to", action="append", default=[], metavar="age1…", help="a public key; else those made by: keys backup"
    )
    backup.add_argument("--with-keys", action="store_true", help="the city's own keys too")
    restore = _command(top, "restore", _restore, "fill an empty data folder from a backup, and verify it")
    restore.add_argument("file", type=Path)
    restore.add_argument("--key", type=Path, required=True, help="the file that keys backup wrote")
    restore.set_defaults(witness=None, json=None)
    _command(top, "upgrade", _upgrade, "bring the database of a stopped city up to this version")
    _command(top, "doctor", _doctor, "say what needs care, and what to do")
    keys = top.add_parser("keys", help="keys: backup").add_subparsers(required=True, metavar="VERB")
    _command(keys, "backup", _keys_backup, "make a key for backups; keep its file elsewhere").add_argument("file", type=Path)


def _add_users(top: Any) -> None:
    user = top.add_parser("user", help="officials' accounts: add, reset, close, list").add_subparsers(
        required=True, metavar="VERB"
    )
    add = _command(user, "add", _user_add, "an account for an official; prints its first password")
    add.add_argument("username")
    add.add_argument("--department", required=True)
    add.add_argument("--name", default="")
    add.add_argument("--post", action="append", default=[], help="department.role; may be given again")
    for name, run, text in (
        ("reset", _user_reset, "a new password and no second factor, for who has lost theirs"),
        ("close", _user_close, "let an account sign in no longer"),
    ):
        _command(user, name, run, text).add_argument("username")
    _command(user, "list", _user_list, "officials and their posts")


def _add_city(top: Any) -> None:
    city = top.add_parser("city", help="city content: new, check, apply, show").add_subparsers(required=True, metavar="VERB")
    new = _command(city, "new", _city_new, "begin a city from a list of divisions")
    new.add_argument("--divisions", type=Path, required=True)
    new.add_argument("--name", required=True)
    new.add_argument("--city", type=Path, required=True)
    for name, run, text in (
        ("check", _city_check, "say the first doubt about a city's content"),
        ("apply", _city_apply, "bring a city's content into its data folder"),
        ("show", _city_show, "what the city says of itself"),
    ):
        _command(city, name, run, text).add_argument("--city", type=Path)


def _add_hub(top: Any) -> None:
    hub = top.add_parser("hub", help="the data hub: land, build, lineage, resolve, catalogue").add_subparsers(
        required=True, metavar="VERB"
    )
    land = _command(hub, "land", _hub_land, "land a file as a dataset")
    land.add_argument("file", type=Path)
    land.add_argument("--dataset", required=True)
    land.add_argument("--json", action="store_true", help="answers are JSON always; accepted for symmetry")
    build = _command(hub, "build", _hub_build, "build bases and themes; only those bases that are named, if any")
    build.add_argument("names", nargs="*", metavar="base")
    lineage = _command(hub, "lineage", _hub_lineage, "what a table or a column rests on, or what rests on it")
    lineage.add_argument("column", metavar="TABLE[.COLUMN]")
    way = lineage.add_mutually_exclusive_group()
    way.add_argument("--up", action="store_true", help="what it rests on (the default)")
    way.add_argument("--down", action="store_true", help="what rests on it")
    lineage.add_argument("--json", action="store_true")
    resolve = _command(hub, "resolve", _hub_resolve, "find which rows of one list are the same person or firm")
    resolve.add_argument("file", type=Path)
    resolve.add_argument("--truth")
    resolve.add_argument("--json", action="store_true")
    catalogue = hub.add_parser("catalogue", help="import and export the catalogue").add_subparsers(
        required=True, metavar="VERB"
    )
    bring = _command(catalogue, "import", _catalogue_import, "import packages, idempotently")
    bring.add_argument("file", type=Path)
    bring.add_argument("--format", choices=("ckan", "dcat"), required=True)
    bring.add_argument("--json", action="store_true")
    give = _command(catalogue, "export", _catalogue_export, "export as DCAT-AP")
    give.add_argument("--format", choices=("dcat",), default="dcat")


if __name__ == "__main__":
    sys.exit(main())
