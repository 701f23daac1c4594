"""A city in a folder of its own, for tests that kill its server: `python -m hunhe.hub.exchange.tests.apart prepare|prove FOLDER`.

prepare prints the bench city. prove reads entry ids from standard input and prints what the log says about them.
"""

import json
import sys
from pathlib import Path

from hunhe.house.setup import open_folder, prepare


def main() -> None:
    act, folder = sys.argv[1], Path(sys.argv[2])
    data = open_folder(folder, demo=True)
    if act == "prepare":
        prepare(data)
        from hunhe.hub.exchange.bench_city import make_bench_city

        sys.stdout.write(json.dumps(make_bench_city(people=600, cases=20).as_dict()))
        return
    from hunhe.hub.exchange import models
    from hunhe.kernel.audit import queries as audit
    from hunhe.stone.who import Who

    who = Who.system("test")
    wanted = json.load(sys.stdin)
    hashes = {entry: audit.proof(who=who, entry_id=entry).leaf_hash for entry in wanted}
    failed = [
        f"{check.check}: {check.detail}" for check in audit.verify(who=who) if not check.ok and "witness" not in check.check
    ]
    sys.stdout.write(json.dumps({"hashes": hashes, "failed": failed, "calls": models.Call.objects.count()}))


if __name__ == "__main__":
    main()
