-- Each check selects rows that must not exist; one such row stops the publication of the whole theme.

-- check: every case has a channel
SELECT 1 AS off FROM by_item HAVING sum(online + counter) <> (SELECT count(*) FROM data_bureau.service_cases);
