-- Each check selects rows that must not exist; one such row stops the publication of the whole theme.

-- check: the young are among all
SELECT type FROM by_type WHERE young > firms;
