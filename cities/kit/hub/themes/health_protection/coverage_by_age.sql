WITH newest AS (
    SELECT CAST(max(updated_at) AS DATE) AS day FROM public_security.household
),

living AS (
    SELECT p.subject_id, p.sex, p.insured_status, p.employer_uscc, left(p.division_code, 6) AS district,
        date_diff('year', p.birth_date, n.day) AS age
    FROM base.population AS p CROSS JOIN newest AS n
    WHERE p.status = 'active'
)

SELECT
    CASE WHEN age < 18 THEN '0-17' WHEN age < 35 THEN '18-34' WHEN age < 60 THEN '35-59' ELSE '60+' END AS age_band,
    count(*) AS people, count_if(insured_status = '正常参保') AS insured
FROM living
WHERE age IS NOT NULL
GROUP BY ALL
