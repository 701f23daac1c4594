"""Kinds of columns that mean the same in every database: a wider number is no change, a number turned text is. Pure."""

_FAMILIES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("boolean", ("bool", "bit")),
    ("moment", ("timestamp", "datetime")),
    ("date", ("date",)),
    ("time", ("time",)),
    ("number", ("int", "serial", "dec", "num", "money", "float", "double", "real", "year")),
    ("text", ("char", "text", "clob", "str", "enum", "json", "uuid", "name")),
    ("bytes", ("blob", "byte", "binary", "raw", "image")),
)


def family_of(kind: str) -> str:
    """The family of a database's word for a type; the word itself where it is none of those known."""
    word = kind.lower().split("(")[0]
    return next((family for family, parts in _FAMILIES if any(part in word for part in parts)), word)
