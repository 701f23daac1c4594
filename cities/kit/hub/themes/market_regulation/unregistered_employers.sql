SELECT CASE WHEN name IS NULL THEN '参保名单' ELSE '就业登记' END AS input, count(*) AS employers
FROM base.legal_person
WHERE status = 'unregistered'
GROUP BY ALL
