-- Each check selects rows that must not exist; one such row stops the publication of the whole theme.

-- check: the very old are old
SELECT district FROM elders_by_district WHERE aged > elders;
