"""Prepares a city for the kill test of scans: a citizen's device, a terminal, and codes to show. `gate COUNT` prints them as JSON."""

import json
import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hunhe.house.settings")
django.setup()

from django.conf import settings  # noqa: E402  # after Django is up

from hunhe.kernel.city import actions as city  # noqa: E402
from hunhe.stone.who import Who  # noqa: E402
from hunhe.wallet.code import actions  # noqa: E402
from hunhe.wallet.code.tests.phone import Phone  # noqa: E402
from hunhe.wallet.code.tests.scene import citizen  # noqa: E402

SYSTEM = Who.system("gate")


def main(count: int) -> None:
    city.apply_city(who=SYSTEM, folder=settings.HUNHE_CITY)
    phone = Phone(citizen("t.kill", "sub_kill", 2))
    phone.enrol()
    phone.renew(8)
    gate = actions.register_terminal(who=SYSTEM, department="civil_affairs", name="门", function="gate")
    codes = [phone.show(certificate=number % 8, late=-8) for number in range(count)]
    json.dump({"terminal": gate.terminal.id, "secret": gate.secret, "codes": codes}, sys.stdout)


if __name__ == "__main__":
    main(int(sys.argv[1]))
