-- Each check selects rows that must not exist; one such row stops the publication of the whole theme.

-- check: no stage is negative
SELECT district FROM by_stage WHERE preschool < 0 OR primary_school < 0 OR middle_school < 0;
