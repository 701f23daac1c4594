-- Each check selects rows that must not exist; one such row stops the publication of the whole theme.

-- check: stars are one to five
SELECT item_name FROM by_item WHERE stars < 1 OR stars > 5;
