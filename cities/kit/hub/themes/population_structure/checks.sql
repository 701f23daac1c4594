-- Each check selects rows that must not exist; one such row stops the publication of the whole theme.

-- check: parts are not more than the whole
SELECT district FROM by_district_age WHERE minors + elders > people OR women > people;
