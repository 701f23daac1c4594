"""Children come back, stop in order, and never outlive the parent."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from hunhe.house.supervisor import Supervisor, free_port, wait_until_healthy
from hunhe.stone.errors import Unavailable

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]


def _wait(condition: Callable[[], object], seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.05)
    return False


def test_a_dead_child_comes_back_after_its_pause(tmp_path: Path) -> None:
    with Supervisor(tmp_path) as supervisor:
        child = supervisor.add("sleeper", SLEEP)
        first = child.process
        assert first is not None
        first.kill()
        first.wait()

        def back() -> bool:
            supervisor.tend()
            return child.process is not first

        assert _wait(back)
        assert child.process is not None
        assert child.process.poll() is None


def test_stopping_ends_every_child(tmp_path: Path) -> None:
    with Supervisor(tmp_path) as supervisor:
        children = [supervisor.add(name, SLEEP) for name in ("a", "b")]
        pids = [child.process.pid for child in children if child.process]
    assert not any(psutil.pid_exists(pid) for pid in pids)


@pytest.mark.skipif(sys.platform != "linux", reason="the parent-death signal is a Linux call")
def test_children_die_with_a_killed_parent(tmp_path: Path) -> None:
    script = (
        "import sys, time; from pathlib import Path; from hunhe.house.supervisor import Supervisor\n"
        f"s = Supervisor(Path({str(tmp_path)!r})).__enter__()\n"
        f"c = s.add('sleeper', {SLEEP!r}); print(c.process.pid, flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    )
    assert parent.stdout is not None
    pid = int(parent.stdout.readline())
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    assert _wait(lambda: not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)


def test_a_web_process_that_dies_is_reported_with_its_log(tmp_path: Path) -> None:
    with Supervisor(tmp_path) as supervisor:
        child = supervisor.add("web", [sys.executable, "-c", "raise SystemExit(3)"])
        with pytest.raises(Unavailable) as refusal:
            wait_until_healthy(f"http://127.0.0.1:{free_port()}", child, seconds=10)
    assert refusal.value.params["log"] == tmp_path / "web.log"
