"""Runs a piece of code in a process of its own on the test database, so that it can really be killed."""

import os
import subprocess
import sys

from django.conf import settings
from django.db import connection

_PRELUDE = """
import os, signal, sys
from hunhe.house import settings as house
house.DATABASES["default"]["NAME"] = {name!r}
os.environ["DJANGO_SETTINGS_MODULE"] = "hunhe.house.settings"
import django
django.setup()
def die(*args, **kwargs):
    os.kill(os.getpid(), signal.SIGKILL)
"""


def run_process(code: str, timeout: float = 120, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `code` after Django is set up; `die()` is `kill -9` on itself."""
    env = {
        **os.environ,
        "PYTHONPATH": str(settings.SOURCE.parent),
        "HUNHE_VAR": str(settings.HUNHE_VAR.root),
        "HUNHE_KEYS": str(settings.HUNHE_KEYS),
        **environment,
    }
    text = _PRELUDE.format(name=str(connection.settings_dict["NAME"])) + code
    return subprocess.run([sys.executable, "-c", text], env=env, capture_output=True, text=True, timeout=timeout, check=False)
