-- Each check selects rows that must not exist; one such row stops the publication of the whole theme.

-- check: the employed are of working age
SELECT district FROM by_district WHERE employed > working_age;
