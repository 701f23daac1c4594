-- Each check selects rows that must not exist; one such row stops the publication of the whole theme.

-- check: revoked ones are all there
SELECT 1 AS off FROM revoked_by_district HAVING sum(revoked) <> (SELECT count(*) FROM market_regulation.enterprises WHERE status = '吊销' AND division_code IS NOT NULL);
