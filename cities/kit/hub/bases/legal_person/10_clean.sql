-- One row a register entry; firms that employers' lists mention come once a list, with the newest row as their witness.
WITH employers AS (
    SELECT
        _key, _batch, _line, reg_date, uscc18(employer_uscc) AS uscc, tidy(employer) AS name, tidy(industry_code) AS industry_code
    FROM employment
    QUALIFY row_number() OVER (PARTITION BY employer_uscc ORDER BY reg_date DESC, _key) = 1
),

payers AS (
    SELECT _key, _batch, _line, updated_on, uscc18(employer_uscc) AS uscc
    FROM insured
    WHERE employer_uscc IS NOT NULL
    QUALIFY row_number() OVER (PARTITION BY employer_uscc ORDER BY updated_on DESC, _key) = 1
)

SELECT
    'enterprise' AS input, _key AS key, _batch AS batch, _line AS line, CAST(updated_at AS TIMESTAMP) AS as_of,
    uscc18(uscc) AS uscc, tidy(name) AS name, tidy_name(legal_rep) AS legal_rep, id18(legal_rep_id) AS legal_rep_id,
    tidy(type) AS type, CAST(capital AS VARCHAR) AS capital, tidy(industry_code) AS industry_code, tidy(address) AS address,
    tidy(division_code) AS division_code, established,
    CASE status WHEN '存续' THEN 'active' WHEN '吊销' THEN 'revoked' WHEN '注销' THEN 'deregistered' WHEN '迁出' THEN 'moved' END AS status
FROM enterprise
UNION ALL
SELECT
    'employment', _key, _batch, _line, CAST(reg_date AS TIMESTAMP), uscc, name, NULL, NULL, NULL, NULL, industry_code, NULL, NULL, NULL, NULL
FROM employers
WHERE uscc IS NOT NULL
UNION ALL
SELECT
    'insured', _key, _batch, _line, CAST(updated_on AS TIMESTAMP), uscc, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
FROM payers
WHERE uscc IS NOT NULL
