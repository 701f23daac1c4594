"""Which process holds a lease, and whether it still lives."""

import os
import socket
from pathlib import Path


def me() -> str:
    """This process, named so that a number given again is not mistaken for it."""
    return f"{socket.gethostname()}:{os.getpid()}:{_started(os.getpid())}"


def is_alive(holder: str) -> bool:
    """False only when the holder is known to be gone: same machine and no such process."""
    host, _, rest = holder.partition(":")
    pid, _, started = rest.partition(":")
    if host != socket.gethostname() or not pid.isdigit():
        return True
    return _exists(int(pid)) and _started(int(pid)) == started


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _started(pid: int) -> str:
    """The kernel's start tick of a process; empty where the system does not say or it is a zombie."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if fields[0] == "Z" else fields[19]
