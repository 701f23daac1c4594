SELECT
    coalesce(department, '') AS department, count(*) AS problems,
    count_if(on_time = 'no') AS late, count_if(reworks > 0) AS reworked
FROM urban_management.street_cases
GROUP BY ALL
