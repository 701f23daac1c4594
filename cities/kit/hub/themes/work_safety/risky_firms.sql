WITH risky AS (
    SELECT uscc, left(division_code, 6) AS district, left(industry_code, 1) AS industry
    FROM base.legal_person
    WHERE status = 'active' AND left(industry_code, 1) IN ('B', 'C', 'D', 'E', 'G') AND division_code IS NOT NULL
),

staffed AS (
    SELECT employer_uscc, count(*) AS staff FROM human_resources.employment GROUP BY employer_uscc
)

SELECT r.district, r.industry, count(*) AS firms, CAST(coalesce(sum(s.staff), 0) AS BIGINT) AS staff
FROM risky AS r LEFT JOIN staffed AS s ON s.employer_uscc = r.uscc
GROUP BY ALL
