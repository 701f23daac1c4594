SELECT
    left(division_code, 6) AS district,
    count_if(status = 'active') AS active, count_if(status = 'deceased') AS deceased, count_if(status = 'moved') AS moved
FROM base.population
WHERE division_code IS NOT NULL
GROUP BY ALL
