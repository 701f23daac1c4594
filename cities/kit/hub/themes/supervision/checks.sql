-- Each check selects rows that must not exist; one such row stops the publication of the whole theme.

-- check: late ones are among all
SELECT department FROM service_by_department WHERE overdue > cases;

-- check: no street problem is lost
SELECT 1 AS off FROM street_by_department HAVING sum(problems) <> (SELECT count(*) FROM urban_management.street_cases);
