"""What the web server loads: Django is set up, then the gateway is built."""

import os

import django

from hunhe.kernel.lanes.shapes import ASGIApp


def _build() -> ASGIApp:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hunhe.house.settings")
    django.setup()
    from hunhe.house.gateway import Gateway  # rooms can be imported only after Django is up

    return Gateway()


application = _build()
