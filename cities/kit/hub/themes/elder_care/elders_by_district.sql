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
    district, count_if(age >= 60) AS elders, count_if(age >= 80) AS aged,
    round(100.0 * count_if(age >= 60) / count(*), 1) AS share
FROM living
WHERE district IS NOT NULL
GROUP BY district
