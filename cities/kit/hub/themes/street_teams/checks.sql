-- Each check selects rows that must not exist; one such row stops the publication of the whole theme.

-- check: no count is negative
SELECT team FROM by_team WHERE reworks < 0 OR reopened < 0;
