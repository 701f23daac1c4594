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
    district, count(*) AS people,
    count_if(insured_status = '正常参保') AS insured,
    count_if(insured_status = '暂停参保') AS paused,
    round(100.0 * count_if(insured_status = '正常参保') / count(*), 1) AS share
FROM living
WHERE district IS NOT NULL
GROUP BY district
