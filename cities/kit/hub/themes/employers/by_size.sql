WITH staffed AS (
    SELECT employer_uscc, count(*) AS staff FROM human_resources.employment GROUP BY employer_uscc
)

SELECT
    CASE WHEN staff < 10 THEN '1-9人' WHEN staff < 50 THEN '10-49人' WHEN staff < 300 THEN '50-299人' ELSE '300人以上' END AS size,
    count(*) AS employers, CAST(sum(staff) AS BIGINT) AS staff
FROM staffed
GROUP BY ALL
