"""A mini city for the tests of bases: lists put straight into the lake, builds run to their end."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa

from hunhe.hub.bases import actions, building, models
from hunhe.hub.bases.resolve.normal import id_check
from hunhe.hub.bases.shapes import Build, BuildState
from hunhe.hub.lake import actions as lake
from hunhe.hub.lake import queries as lake_queries
from hunhe.kernel.events import actions as events
from hunhe.stone.who import Who

SYSTEM = Who.system("test")
RESIDENT, EMPLOYMENT, INSURED, ENTERPRISE = (
    "public_security.household",
    "human_resources.employment",
    "health_insurance.insured",
    "market_regulation.enterprises",
)
TEXT, DAY, MOMENT = pa.string(), pa.date32(), pa.timestamp("us", tz="UTC")
COLUMNS: dict[str, dict[str, pa.DataType]] = {
    RESIDENT: {
        **dict.fromkeys(("id_number", "name", "sex", "nation", "address", "division_code", "phone", "status"), TEXT),
        "birth_date": DAY,
        "updated_at": MOMENT,
    },
    EMPLOYMENT: {
        **dict.fromkeys(("reg_no", "id_number", "name", "employer_uscc", "employer", "industry_code", "phone"), TEXT),
        "reg_date": DAY,
        "monthly_wage": pa.decimal128(18, 2),
    },
    INSURED: {
        **dict.fromkeys(
            ("insured_no", "id_number", "name", "sex", "insured_status", "insured_type", "employer_uscc", "address", "phone"),
            TEXT,
        ),
        "updated_on": DAY,
    },
    ENTERPRISE: {
        **dict.fromkeys(
            ("uscc", "name", "legal_rep", "legal_rep_id", "type", "industry_code", "address", "division_code", "status"), TEXT
        ),
        "capital": pa.decimal128(18, 2),
        "established": DAY,
        "updated_at": MOMENT,
    },
}
KEYS = {RESIDENT: "id_number", EMPLOYMENT: "reg_no", INSURED: "insured_no", ENTERPRISE: "uscc"}


def number(serial: int, born: str = "19800115") -> str:
    body = f"210102{born}{serial:03d}"
    return body + id_check(body)


def old_number(eighteen: str) -> str:
    return eighteen[:6] + eighteen[8:17]


def resident(id_number: str, name: str, **more: Any) -> dict[str, Any]:
    fallback = {"status": "正常", "updated_at": datetime(2024, 1, 1, tzinfo=UTC)}
    return {"id_number": id_number, "name": name, **fallback, **more}


def employed(reg_no: str, id_number: str | None, name: str, **more: Any) -> dict[str, Any]:
    return {"reg_no": reg_no, "id_number": id_number, "name": name, "reg_date": date(2024, 1, 1), **more}


def insured(insured_no: str, id_number: str | None, name: str, **more: Any) -> dict[str, Any]:
    fallback = {"insured_status": "正常参保", "updated_on": date(2024, 1, 1)}
    return {"insured_no": insured_no, "id_number": id_number, "name": name, **fallback, **more}


def enterprise(uscc: str, name: str, **more: Any) -> dict[str, Any]:
    return {"uscc": uscc, "name": name, "status": "存续", "updated_at": datetime(2024, 1, 1, tzinfo=UTC), **more}


def put(dataset: str, rows: Sequence[dict[str, Any]]) -> int:
    """Make these the dataset's current rows; returns the lake version."""
    columns = COLUMNS[dataset]
    made = {column: pa.array([row.get(column) for row in rows], kind) for column, kind in columns.items()}
    active = lake_queries.active(who=SYSTEM, table=dataset)
    seq = active.seq + 1 if active else 1
    made["_key"] = pa.array([row[KEYS[dataset]] for row in rows], TEXT)
    made["_hash"] = pa.array(["" for _ in rows], TEXT)
    batch = f"bat_{dataset}_{seq}".replace(".", "-")
    made["_batch"] = pa.array([batch for _ in rows], TEXT)
    made["_line"] = pa.array(range(1, len(rows) + 1), pa.int64())
    lease = lake.begin(who=SYSTEM, table=dataset)
    version = lake.commit(who=SYSTEM, lease=lease, rows=pa.table(made).to_reader(), seq=seq, mode="overwrite")
    lake.release(who=SYSTEM, lease=lease)
    return version.version


def build(base: str = "population") -> Build:
    """Ask for a build, run what is due, return the newest build that ended."""
    actions.build(who=SYSTEM, base=base)
    events.run_due(who=SYSTEM)
    row = building.newest(base, BuildState.DONE, BuildState.FAILED)
    assert row is not None, list(models.Build.objects.values())
    from hunhe.hub.bases import records

    return records.build(row)


def links(base: str = "population") -> dict[tuple[str, str], str]:
    """(dataset, key) → subject in the active version."""
    with lake_queries.connect(who=SYSTEM, memory="300MB") as engine:
        text = lake_queries.scan_sql(who=SYSTEM, table=f"base.{base}.links")
        return {
            (row[0], row[1]): row[2]
            for row in engine.execute(f"SELECT dataset, key, subject_id FROM {text} WHERE how <> 'mention'").fetchall()
        }
