"""Elders with a form filled in, for the kill test: prints one line of JSON, draft → session."""

import json
import os
import sys
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hunhe.house.settings")
django.setup()

from django.contrib.sessions.backends.db import SessionStore  # noqa: E402  # after Django is up

from hunhe.kernel.city import actions as city  # noqa: E402
from hunhe.kernel.identity import actions as identity  # noqa: E402
from hunhe.kernel.identity import queries as identities  # noqa: E402
from hunhe.kernel.identity.models import Account  # noqa: E402
from hunhe.networks.service import actions  # noqa: E402
from hunhe.networks.service.tests import town  # noqa: E402
from hunhe.stone.who import Who  # noqa: E402

SYSTEM = Who.system("elders")
REPOSITORY = Path(__file__).resolve().parents[2]


def main(number: int) -> None:
    city.apply_city(who=SYSTEM, folder=REPOSITORY / "cities" / "shenyang")
    people = {
        f"per_{n}": {
            "name": f"老{n}",
            "id_number": f"2101021950010{n:05d}",
            "birth_date": "1950-01-01",
            "division_code": "210102001",
        }
        for n in range(number)
    }
    town.PEOPLE.update(people)
    town.serve_people()
    sys.stdout.write(json.dumps({_filled_in(subject): _session(subject) for subject in people}) + "\n")


def _filled_in(subject_id: str) -> str:
    account = identity.create_account(
        who=SYSTEM,
        username=subject_id,
        password="correct horse battery",
        kind="citizen",
        name=subject_id,
    )
    identity.raise_level(who=SYSTEM, account_id=account.id, subject_id=subject_id, level=2)
    who = identities.who_for_account(who=SYSTEM, account=Account.objects.get(pk=account.id))
    draft = actions.start_draft(who=who, item="elder_card", answers=town.ANSWERS, prefill=True)
    actions.save_draft(who=who, draft_id=draft.id, values={"delivery": "electronic"})
    actions.attach_file(who=who, draft_id=draft.id, material="photo", name="photo.png", stream=town.photo())
    return draft.id


def _session(subject_id: str) -> str:
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

    account = Account.objects.get(username=subject_id)
    session = SessionStore()
    session[SESSION_KEY] = str(account.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = account.get_session_auth_hash()
    session.create()
    return str(session.session_key)


if __name__ == "__main__":
    main(int(sys.argv[1]))
