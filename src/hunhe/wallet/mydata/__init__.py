"""A person's own data in their own hands. In: what the rooms below hold, use and were allowed. Kept: nothing of its own; copies and
erasures lie in consent, their cases in flow. Out: one page that says it all, a copy to take home, an erasure that is answered."""
