-- Each check selects rows that must not exist; one such row stops the publication of the whole theme.

-- check: firms are counted once
SELECT 1 AS off FROM risky_firms HAVING sum(firms) <> (SELECT count(*) FROM base.legal_person WHERE status = 'active' AND left(industry_code, 1) IN ('B', 'C', 'D', 'E', 'G') AND division_code IS NOT NULL);

-- check: districts add up
SELECT 1 AS off FROM by_district HAVING sum(staff) <> (SELECT sum(staff) FROM risky_firms);
