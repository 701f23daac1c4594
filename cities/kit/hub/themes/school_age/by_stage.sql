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
    district, count_if(age BETWEEN 3 AND 5) AS preschool, count_if(age BETWEEN 6 AND 11) AS primary_school,
    count_if(age BETWEEN 12 AND 17) AS middle_school
FROM living
WHERE district IS NOT NULL
GROUP BY district
