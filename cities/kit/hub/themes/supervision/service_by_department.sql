SELECT
    department, count(*) AS cases,
    count_if(overdue = 'yes') AS overdue,
    count_if(corrected = 'yes') AS corrected,
    count_if(stars <= 2) AS low
FROM data_bureau.service_cases
GROUP BY department
