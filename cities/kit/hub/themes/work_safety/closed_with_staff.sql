SELECT f.status, count(DISTINCT f.uscc) AS firms, count(*) AS staff
FROM base.legal_person AS f JOIN human_resources.employment AS e ON e.employer_uscc = f.uscc
WHERE f.status IN ('revoked', 'deregistered')
GROUP BY f.status
