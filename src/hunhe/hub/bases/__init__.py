"""Golden records. In: departments' lists from the lake. Kept: who is one person or firm, field by field the source that won. Out: `base.*` tables and look-ups."""
