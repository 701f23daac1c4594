"""The web process: Granian with one worker, lanes and pages in it."""

import argparse

from granian import Granian
from granian.constants import Interfaces


def main() -> None:
    parser = argparse.ArgumentParser(prog="hunhe-serve")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    options = parser.parse_args()
    Granian(
        "hunhe.house.asgi:application",
        address=options.host,
        port=options.port,
        interface=Interfaces.ASGI,
        workers=1,
        log_access=False,
        respawn_failed_workers=True,
        workers_kill_timeout=4,  # event streams never end by themselves; all else is answered by then
    ).serve()


if __name__ == "__main__":
    main()
