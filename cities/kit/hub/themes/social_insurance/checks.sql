-- Each check selects rows that must not exist; one such row stops the publication of the whole theme.

-- check: no row is lost
SELECT 1 AS off FROM by_type HAVING sum(insured + paused + ended) <> (SELECT count(*) FROM health_insurance.insured);
