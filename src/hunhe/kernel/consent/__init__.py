"""Consent and the rights over one's own data. In: kinds of consent from content, what a person allows and takes back; what
rooms register that they hold about a person. Kept: each giving and each ending. Out: whether a consent stands now; everything
the city holds about one person; its erasure."""
