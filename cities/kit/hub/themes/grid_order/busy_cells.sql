SELECT cell, min(left(district, 6)) AS district, count(*) AS problems, count(DISTINCT class) AS classes
FROM urban_management.street_cases
GROUP BY cell
ORDER BY problems DESC, cell
LIMIT 200
