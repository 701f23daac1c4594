"""What an account may do on a day, read in one statement: every request of an official asks."""

import json
from datetime import date
from pathlib import Path

from django.db import connection

_SQL = (Path(__file__).parent / "sql" / "posts_on.sql").read_text(encoding="utf-8")


def posts_on(account_id: str, day: date) -> tuple[tuple[str, ...], frozenset[str]]:
    """Codes of the posts in use that an account holds or stands in for, and the permissions of their roles."""
    with connection.cursor() as cursor:
        cursor.execute(_SQL, {"account": account_id, "day": connection.ops.adapt_datefield_value(day)})
        rows = cursor.fetchall()
    granted = (json.loads(may) for _, may in rows if may is not None)
    return tuple(post for post, _ in rows), frozenset(permission for may in granted for permission in may)
