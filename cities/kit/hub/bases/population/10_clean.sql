-- One row a source row, spelt alike. input, key, batch, line say where it lies; as_of when it was true.
-- id18, id_birth, id_sex, tidy, tidy_name and phone11 are the house's own words.
WITH spelt AS (
    SELECT
        'resident' AS input, _key AS key, _batch AS batch, _line AS line, CAST(updated_at AS TIMESTAMP) AS as_of,
        id18(id_number) AS id_number, tidy_name(name) AS name, sex, birth_date, tidy(nation) AS nation,
        tidy(address) AS address, tidy(division_code) AS division_code, phone11(phone) AS phone,
        NULL AS employer_uscc, NULL AS insured_status,
        CASE status WHEN '正常' THEN 'active' WHEN '死亡' THEN 'deceased' WHEN '迁出' THEN 'moved' END AS status
    FROM resident
    UNION ALL
    SELECT
        'employment', _key, _batch, _line, CAST(reg_date AS TIMESTAMP),
        id18(id_number), tidy_name(name), NULL, NULL, NULL, NULL, NULL, phone11(phone),
        tidy(employer_uscc), NULL, NULL
    FROM employment
    UNION ALL
    SELECT
        'insured', _key, _batch, _line, CAST(updated_on AS TIMESTAMP),
        id18(id_number), tidy_name(name), sex, NULL, NULL, tidy(address), NULL, phone11(phone),
        tidy(employer_uscc), tidy(insured_status), NULL
    FROM insured
)

SELECT
    input, key, batch, line, as_of, id_number, name, coalesce(id_sex(id_number), sex) AS sex,
    coalesce(id_birth(id_number), birth_date) AS birth_date, nation, address, division_code, phone, employer_uscc, insured_status, status
FROM spelt
