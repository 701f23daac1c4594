"""The citizen's front page. In: a person's cases, notices and uses of their data, from the rooms below. Kept: nothing.
Out: one page that says what waits for them, and search over what they may see."""
