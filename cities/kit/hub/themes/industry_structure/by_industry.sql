WITH staffed AS (
    SELECT employer_uscc, count(*) AS staff FROM human_resources.employment GROUP BY employer_uscc
)

SELECT left(f.industry_code, 1) AS industry, count(*) AS firms, CAST(coalesce(sum(s.staff), 0) AS BIGINT) AS staff
FROM base.legal_person AS f LEFT JOIN staffed AS s ON s.employer_uscc = f.uscc
WHERE f.status = 'active' AND f.industry_code IS NOT NULL
GROUP BY ALL
