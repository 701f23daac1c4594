"""In a city folder of its own, prepared before: register a source with an hourly site, print its token.

`python -m hunhe.hub.telemetry.tests.apart`; the environment names the folder.
"""

import json
import os
import sys

import django


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hunhe.house.settings")
    django.setup()
    from hunhe.hub.telemetry.tests.scene import make_scene

    scene = make_scene("burst", sites=("PM_A", "PM_B"))
    sys.stdout.write(json.dumps({"source": scene.source, "token": scene.token}))


if __name__ == "__main__":
    main()
