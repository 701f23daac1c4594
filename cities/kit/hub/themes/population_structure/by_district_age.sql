WITH newest AS (
    SELECT CAST(max(updated_at) AS DATE) AS day FROM public_security.household
),

living AS (
    SELECT p.subject_id, p.sex, p.insured_status, p.employer_uscc, left(p.division_code, 6) AS district,
        date_diff('year', p.birth_date, n.day) AS age
    FROM base.population AS p CROSS JOIN newest AS n
    WHERE p.status = 'active'
)

SELECT district, count(*) AS people, count_if(age < 18) AS minors, count_if(age >= 60) AS elders, count_if(sex = '女') AS women
FROM living
WHERE district IS NOT NULL
GROUP BY district
