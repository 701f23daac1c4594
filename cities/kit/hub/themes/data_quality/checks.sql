-- Each check selects rows that must not exist; one such row stops the publication of the whole theme.

-- check: nothing is filled more often than there are subjects
SELECT base FROM filled WHERE with_phone > subjects OR with_division > subjects;
