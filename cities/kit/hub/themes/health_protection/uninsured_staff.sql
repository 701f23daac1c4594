SELECT left(f.division_code, 6) AS district, count(DISTINCT f.uscc) AS employers, count(*) AS staff
FROM human_resources.employment AS e
JOIN base.legal_person AS f ON f.uscc = e.employer_uscc
LEFT JOIN health_insurance.insured AS i ON i.id_number = e.id_number AND i.insured_status = '正常参保'
WHERE i.insured_no IS NULL AND f.status = 'active' AND f.division_code IS NOT NULL
GROUP BY ALL
