SELECT class_name, count(*) AS problems, CAST(sum(reports) AS BIGINT) AS reports, count_if(on_time = 'yes') AS on_time
FROM urban_management.street_cases
GROUP BY class_name
