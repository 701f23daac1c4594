"""Check characters over whole columns, as SQL. NULL stays NULL."""

ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def id_number_body(column: str) -> str:
    """The first 17 digits as a number, computed once per row for `id_number_holds`."""
    return f"TRY_CAST(left({column}, 17) AS BIGINT)"


def id_number_holds(column: str, body: str) -> str:
    """GB 11643: 18 characters with a real birth date and ISO 7064 MOD 11-2, or the 15 digits used before 1999."""
    total = " + ".join(f"{weight} * (({body} // {10 ** (16 - place)}) % 10)" for place, weight in enumerate(ID_WEIGHTS))
    long_date = f"try_strptime(substr({column}, 7, 8), '%Y%m%d') IS NOT NULL"
    short_date = f"try_strptime('19' || substr({column}, 7, 6), '%Y%m%d') IS NOT NULL"
    return (
        f"(CASE WHEN {column} IS NULL THEN NULL"
        f" WHEN regexp_full_match({column}, '[1-9][0-9]{{16}}[0-9X]') THEN {long_date}"
        f" AND substr('10X98765432', CAST(({total}) % 11 AS BIGINT) + 1, 1) = right({column}, 1)"
        f" WHEN regexp_full_match({column}, '[1-9][0-9]{{14}}') THEN {short_date} ELSE false END)"
    )


def uscc_holds(column: str) -> str:
    """GB 32100: 18 characters of its alphabet, weights 3^i mod 31, check character mod 31."""
    values = (f"(strpos('{USCC_ALPHABET}', substr({column}, {place + 1}, 1)) - 1)" for place in range(17))
    total = " + ".join(f"{pow(3, place, 31)} * {value}" for place, value in enumerate(values))
    return (
        f"(CASE WHEN {column} IS NULL THEN NULL"
        f" WHEN regexp_full_match({column}, '[0-9A-HJ-NPQRTUWXY]{{2}}[0-9]{{6}}[0-9A-HJ-NPQRTUWXY]{{10}}')"
        f" THEN substr('{USCC_ALPHABET}', CAST((31 - ({total}) % 31) % 31 AS BIGINT) + 1, 1) = right({column}, 1) ELSE false END)"
    )
