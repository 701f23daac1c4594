-- Each check selects rows that must not exist; one such row stops the publication of the whole theme.

-- check: a cell is listed once
SELECT cell FROM busy_cells GROUP BY cell HAVING count(*) > 1;
