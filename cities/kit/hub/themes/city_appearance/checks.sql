-- Each check selects rows that must not exist; one such row stops the publication of the whole theme.

-- check: on time ones are among all
SELECT class_name FROM by_class WHERE on_time > problems;

-- check: every problem was reported
SELECT class_name FROM by_class WHERE reports < problems;
