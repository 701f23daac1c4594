"""One browser a role, and whether anything changed, for the tables made from the URL map."""

import re

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client

from conftest import official_client

STREET = ("patrol", "dispatcher", "fixer", "inspector", "supervisor")
ROLES = (
    "anonymous",
    "citizen",
    "steward",
    "approver",
    "applicant",
    "reviewer",
    "analyst",
    "leader",
    "administrator",
    "security_officer",
    "auditor",
    *STREET,
)
QUIET_TABLES = re.compile(r"^(audit_|django_session|axes_|licence_meter$)")


def row_counts() -> dict[str, int]:
    """Rows of every table but those that note each visit."""
    counts = {}
    with connection.cursor() as cursor:
        for model in apps.get_models():
            table = model._meta.db_table
            if not QUIET_TABLES.match(table):
                cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(table)}")
                counts[table] = cursor.fetchone()[0]
    return counts


@pytest.fixture
def clients(prepared_city: None, demo_folder: None) -> dict[str, Client]:
    """One browser per role; three business roles sit in a department, the others in the bureau."""
    found = {"anonymous": Client(), "citizen": official_client("citizen", None)}
    for role in ROLES[2:]:
        home = "human_resources" if role in ("steward", "approver", "applicant") else "data_bureau"
        found[role] = official_client(role, "urban_management" if role in STREET else home)
    return found
