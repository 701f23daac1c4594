-- Each check selects rows that must not exist; one such row stops the publication of the whole theme.

-- check: nobody is in two states
SELECT 1 AS off FROM by_status HAVING sum(active + deceased + moved) > (SELECT count(*) FROM base.population);
