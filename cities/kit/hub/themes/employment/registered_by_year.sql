SELECT year(reg_date) AS year, count(*) AS registrations
FROM human_resources.employment
GROUP BY ALL
