"""The house's SQL for bases: the words that a model may use besides those the lake's fence lets pass."""

ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_FULL = "".join(chr(code) for code in range(0xFF01, 0xFF5F)) + "\u3000"
_HALF = "".join(chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)).replace("'", "''") + " "


def _once(value: str, name: str, body: str) -> str:
    """`body` with `value` under a name, worked out once a row: a macro alone would write it out at every use."""
    return f"list_transform([{value}], lambda {name}: {body})[1]"


_ID_SUM = " + ".join(f"{weight} * ((b // {10 ** (16 - place)}) % 10)" for place, weight in enumerate(ID_WEIGHTS))
_ID_CHECK = f"substr('10X98765432', CAST(({_ID_SUM}) % 11 AS INTEGER) + 1, 1)"
_USCC_SUM = " + ".join(
    f"{pow(3, place, 31)} * (strpos('{USCC_ALPHABET}', substr(u, {place + 1}, 1)) - 1)" for place in range(17)
)
_WIDE = "CASE WHEN length(p) = 15 THEN left(p, 6) || '19' || substr(p, 7) ELSE p END"
_ID18 = _once(
    "id_plain(t)",
    "p",
    "CASE WHEN regexp_full_match(p, '[1-9][0-9]{14}|[1-9][0-9]{16}[0-9X]') THEN "
    + _once(
        _WIDE,
        "w",
        "CASE WHEN try_strptime(substr(w, 7, 8), '%Y%m%d') IS NOT NULL THEN "
        + _once(
            _once("CAST(left(w, 17) AS BIGINT)", "b", _ID_CHECK),
            "k",
            "CASE WHEN length(w) = 17 THEN w || k WHEN right(w, 1) = k THEN w END",
        )
        + " END",
    )
    + " END",
)
_USCC18 = _once(
    "id_plain(t)",
    "u",
    "CASE WHEN regexp_full_match(u, '[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}')"
    f" AND substr('{USCC_ALPHABET}', CAST((31 - ({_USCC_SUM}) % 31) % 31 AS INTEGER) + 1, 1) = right(u, 1) THEN u END",
)

# Every word: what it is of, and how. NULL in, NULL out; what is not valid becomes NULL.
WORDS: dict[str, str] = {
    # Full width to half width, no spaces at the ends; empty is NULL.
    "tidy": f"(t) AS nullif(trim(CASE WHEN regexp_matches(t, '[\\x{{ff01}}-\\x{{ff5e}}\\x{{3000}}]') THEN translate(t, '{_FULL}', '{_HALF}') ELSE t END), '')",
    # A person's name: no spaces inside Chinese names, one kind of middle dot.
    "tidy_name": "(t) AS CASE WHEN regexp_full_match(t, '[\\x{4e00}-\\x{9fff}]+') THEN t"
    " WHEN regexp_matches(t, '[\\x{3400}-\\x{9fff}]') THEN translate(regexp_replace(tidy(t), '\\s', '', 'g'), '•・‧', '···')"
    " ELSE regexp_replace(tidy(t), '\\s+', ' ', 'g') END",
    "id_plain": "(t) AS CASE WHEN regexp_full_match(t, '[0-9A-Z]+') THEN t ELSE upper(regexp_replace(tidy(t), '\\s', '', 'g')) END",
    # An identity number in 18 characters (GB 11643), fifteen-digit ones extended; NULL unless date and check character hold.
    "id18": f"(t) AS {_ID18}",
    "id_birth": "(t) AS CAST(try_strptime(substr(t, 7, 8), '%Y%m%d') AS DATE)",
    "id_sex": "(t) AS CASE (ascii(substr(t, 17, 1)) % 2) WHEN 1 THEN '男' WHEN 0 THEN '女' END",
    # Eleven digits of a mobile number, or the digits of a landline with its area; country code and punctuation dropped.
    "phone_digits": "(t) AS regexp_replace(regexp_replace(tidy(t), '[^0-9]', '', 'g'), '^(0086|86)(1[0-9]{10})$', '\\2')",
    "phone11": "(t) AS CASE WHEN regexp_full_match(t, '1[0-9]{10}') THEN t WHEN length(phone_digits(t)) BETWEEN 7 AND 12 THEN phone_digits(t) END",
    # A unified social credit code (GB 32100); NULL unless its check character holds.
    "uscc18": f"(t) AS {_USCC18}",
}
NAMES = frozenset(WORDS)


def words() -> tuple[str, ...]:
    """The statements that teach an engine the house's words."""
    return tuple(f"CREATE OR REPLACE TEMP MACRO {name}{body}" for name, body in WORDS.items())
