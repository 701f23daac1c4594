-- Each check selects rows that must not exist; one such row stops the publication of the whole theme.

-- check: everybody is counted once
SELECT 1 AS off FROM by_nation HAVING sum(people) <> (SELECT count(*) FROM base.population WHERE status = 'active');
