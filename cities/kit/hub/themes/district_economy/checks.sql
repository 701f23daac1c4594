-- Each check selects rows that must not exist; one such row stops the publication of the whole theme.

-- check: every district once
SELECT district FROM by_district GROUP BY district HAVING count(*) > 1;
