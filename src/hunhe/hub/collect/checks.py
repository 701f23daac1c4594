"""The checks of a contract as SQL: one condition per rule, true for a bad row. Pure text, no engine.

Every condition reads cleaned columns: trimmed text, empty as NULL, full-width digits made plain.
"""

from dataclasses import dataclass

from hunhe.hub.collect import identifiers_sql
from hunhe.hub.collect.shapes import Dataset, Field
from hunhe.stone.errors import Invalid, msgid

MOST_CHECKS = 62  # bits of one BIGINT
FULL_WIDTH = "０１２３４５６７８９ＸｘＡＢＣＤＥＦＧＨＪＫＬＭＮＰＱＲＴＵＷＹ－"
PLAIN = "0123456789XXABCDEFGHJKLMNPQRTUWY-"


@dataclass(frozen=True, slots=True)
class Check:
    """One rule on one field; `bad` is SQL over cleaned and prepared columns, where NULL counts as good."""

    rule: str
    field: str
    bad: str


def name(text: str) -> str:
    """A SQL identifier."""
    return '"' + text.replace('"', '""') + '"'


def quote(text: str) -> str:
    """A SQL string."""
    return "'" + text.replace("'", "''") + "'"


def cleaned(field: Field, raw: str) -> str:
    """Text as it is compared, keyed and hashed; empty text is made NULL one step later.

    Each branch is there for speed: translate costs 3 µs a value, trimming odd blanks 0.4, plain trim 0.1.
    """
    everything = f"trim({raw}, ' \u3000\t')"
    if field.type in ("text", "code"):
        text = f"CASE WHEN contains({raw}, '\u3000') OR contains({raw}, '\t') THEN {everything} ELSE trim({raw}) END"
    else:
        plain = f"translate({everything}, {quote(FULL_WIDTH)}, {quote(PLAIN)})"
        text = f"CASE WHEN strlen({raw}) = length({raw}) THEN trim({raw}) ELSE {plain} END"
    return f"upper({text})" if field.type in ("id_number", "uscc") else text


def typed(field: Field) -> str:
    """The cleaned text as the value that is loaded; NULL where it cannot be one."""
    column = name(field.name)
    match field.type:
        case "integer":
            return f"TRY_CAST({column} AS BIGINT)"
        case "number":
            return f"TRY_CAST({column} AS DOUBLE)"
        case "money":
            return f"TRY_CAST({column} AS DECIMAL(18,2))"
        case "date":
            formats = "['%Y-%m-%d', '%Y/%m/%d', '%Y%m%d', '%Y年%m月%d日', '%Y.%m.%d', '%Y-%m-%d %H:%M:%S']"
            return f"coalesce(TRY_CAST({column} AS DATE), CAST(try_strptime({column}, {formats}) AS DATE))"
        case "datetime":
            return f"TRY_CAST({column} AS TIMESTAMPTZ)"
        case "boolean":
            return f"CASE WHEN lower({column}) IN ('1', 'true', 't', 'yes', '是') THEN true WHEN lower({column}) IN ('0', 'false', 'f', 'no', '否') THEN false END"
        case _:
            return column


def prepared(dataset: Dataset) -> dict[str, str]:
    """Columns that checks read and nobody else: name → SQL over cleaned columns."""
    return {
        _body(field): identifiers_sql.id_number_body(name(field.name)) for field in dataset.fields if field.type == "id_number"
    }


def _body(field: Field) -> str:
    return f"{field.name}#body"


def checks_of(dataset: Dataset, *, today: str, replaced: bool, conditions: dict[str, str]) -> tuple[Check, ...]:
    """All checks in order of precedence: a row counts under the first it breaks.

    today: ISO date. replaced: bytes that are no text were replaced on the way in. conditions: rule id → checked SQL
    that holds for a good row.
    """
    found: list[Check] = []
    if replaced:
        found += [Check("encoding", field.name, f"contains({name(field.name)}, '\ufffd')") for field in dataset.fields]
    required = dict.fromkeys((*dataset.key, *(field.name for field in dataset.fields if field.required)))
    found += [Check("required", field, f"{name(field)} IS NULL") for field in required]
    for field in dataset.fields:
        found += _of_field(field, today)
    found += [Check(rule.id, rule.field, f"NOT ({conditions[rule.id]})") for rule in dataset.rules]
    if len(found) > MOST_CHECKS:
        raise Invalid(
            "collect.contract.checks",
            msgid("A contract can hold %(most)s checks, this one has %(count)s."),
            most=MOST_CHECKS,
            count=len(found),
        )
    return tuple(found)


def _of_field(field: Field, today: str) -> list[Check]:
    column, value = name(field.name), typed(field)
    found: list[Check] = []
    match field.type:
        case "integer":
            found.append(Check("type.integer", field.name, f"NOT regexp_full_match({column}, '[+-]?[0-9]{{1,18}}')"))
        case "number" | "money":
            found.append(
                Check(
                    f"type.{field.type}",
                    field.name,
                    f"{column} IS NOT NULL AND ({value} IS NULL OR NOT isfinite(CAST({value} AS DOUBLE)))",
                )
            )
        case "date" | "datetime":
            plausible = f"CAST({value} AS DATE) BETWEEN DATE '1000-01-01' AND DATE '2999-12-31'"
            found.append(Check(f"type.{field.type}", field.name, f"{column} IS NOT NULL AND coalesce(NOT {plausible}, true)"))
        case "boolean":
            found.append(Check("type.boolean", field.name, f"{column} IS NOT NULL AND {value} IS NULL"))
        case "id_number":
            found.append(
                Check("id_number.check", field.name, f"NOT {identifiers_sql.id_number_holds(column, name(_body(field)))}")
            )
        case "uscc":
            found.append(Check("uscc.check", field.name, f"NOT {identifiers_sql.uscc_holds(column)}"))
        case "phone":
            found.append(
                Check(
                    "type.phone",
                    field.name,
                    f"NOT regexp_full_match({column}, '(\\+?86-?)?1[0-9]{{10}}|0[0-9]{{2,3}}-?[0-9]{{7,8}}(-[0-9]{{1,6}})?')",
                )
            )
        case _:
            pass
    if field.past:
        found.append(Check("date.future", field.name, f"CAST({value} AS DATE) > DATE {quote(today)}"))
    if field.codes:
        found.append(Check("code.unknown", field.name, f"{column} NOT IN ({', '.join(quote(code) for code in field.codes)})"))
    if field.pattern:
        found.append(Check("pattern", field.name, f"NOT regexp_full_match({column}, {quote(field.pattern)})"))
    for bound, sign in ((field.minimum, "<"), (field.maximum, ">")):
        if bound is not None:
            found.append(Check("range", field.name, f"{value} {sign} {float(bound)}"))
    return found
