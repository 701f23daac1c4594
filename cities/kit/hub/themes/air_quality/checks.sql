-- Each check selects rows that must not exist; one such row stops the publication of the whole theme.

-- check: no average above the highest
SELECT site FROM by_site WHERE average > highest + 0.1;
