"""How a name is shown to somebody who only needs to compare it."""


def masked_name(name: str) -> str:
    """The family name, and a star for each other character: 林晚晴 becomes 林**."""
    plain = name.strip()
    return plain[:1] + "*" * max(1, len(plain) - 1)
