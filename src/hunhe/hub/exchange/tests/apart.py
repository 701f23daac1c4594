"""A city in a folder of its own, for tests that kill its server: `python -m hunhe.hub.exchange.tests.apart make|prove`.

The environment names the folder, prepared before by `hunhe city apply`. make prints the bench city. prove reads entry ids from
standard input and prints what the log says about them.
"""

import json
import os
import sys

import django


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hunhe.house.settings")
    django.setup()
    if sys.argv[1] == "make":
        from hunhe.hub.exchange.bench_city import make_bench_city

        sys.stdout.write(json.dumps(make_bench_city(people=600, cases=20).as_dict()))
        return
    from hunhe.hub.exchange import models
    from hunhe.kernel.audit import queries as audit
    from hunhe.stone.who import Who

    who = Who.system("test")
    hashes = {entry: audit.proof(who=who, entry_id=entry).leaf_hash for entry in json.load(sys.stdin)}
    failed = [
        f"{check.check}: {check.detail}" for check in audit.verify(who=who) if not check.ok and "witness" not in check.check
    ]
    keyed = models.Call.objects.exclude(idempotency=None).count()
    sys.stdout.write(json.dumps({"hashes": hashes, "failed": failed, "keyed": keyed}))


if __name__ == "__main__":
    main()
