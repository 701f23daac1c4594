-- Each check selects rows that must not exist; one such row stops the publication of the whole theme.

-- check: an industry is a letter
SELECT industry FROM by_industry WHERE length(industry) <> 1;
