-- Each check selects rows that must not exist; one such row stops the publication of the whole theme.

-- check: states add up
SELECT 1 AS off FROM firms_by_district HAVING sum(active + revoked + deregistered) > (SELECT count(*) FROM market_regulation.enterprises);

-- check: active ones were founded
SELECT year FROM new_by_year WHERE still_active > firms;

-- check: no year lies ahead
SELECT year FROM new_by_year WHERE year > 2100;
