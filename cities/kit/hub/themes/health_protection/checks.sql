-- Each check selects rows that must not exist; one such row stops the publication of the whole theme.

-- check: insured people are people
SELECT district FROM coverage_by_district WHERE insured + paused > people;

-- check: every living person with a district is counted once
SELECT 1 AS off FROM coverage_by_district HAVING sum(people) <> (SELECT count(*) FROM base.population WHERE status = 'active' AND division_code IS NOT NULL);

-- check: a share is a share
SELECT district FROM coverage_by_district WHERE share < 0 OR share > 100;
