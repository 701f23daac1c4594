SELECT
    '人口库' AS base, count(*) AS subjects, count(phone) AS with_phone, count(division_code) AS with_division, count(employer_uscc) AS with_employer
FROM base.population
UNION ALL
SELECT '法人库', count(*), 0, count(division_code), 0
FROM base.legal_person
