-- Each check selects rows that must not exist; one such row stops the publication of the whole theme.

-- check: every registration has its employer
SELECT 1 AS off FROM by_size HAVING sum(staff) <> (SELECT count(*) FROM human_resources.employment);
