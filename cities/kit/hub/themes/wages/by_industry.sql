SELECT
    left(industry_code, 1) AS industry, count(*) AS registrations, CAST(round(avg(monthly_wage)) AS BIGINT) AS average
FROM human_resources.employment
WHERE industry_code IS NOT NULL AND monthly_wage IS NOT NULL
GROUP BY ALL
HAVING count(*) >= 5
