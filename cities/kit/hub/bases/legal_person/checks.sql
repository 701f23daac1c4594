-- Each check selects rows that must not exist; one such row stops the publication.

-- check: one legal person per credit code
SELECT uscc, count(*) AS subjects FROM golden WHERE uscc IS NOT NULL GROUP BY uscc HAVING count(*) > 1;

-- check: every register entry belongs to exactly one legal person
SELECT dataset, key, count(*) AS links FROM links GROUP BY dataset, key HAVING count(*) > 1;

-- check: no register entry is lost
SELECT r.dataset, r.key FROM records AS r LEFT JOIN links AS l ON l.dataset = r.dataset AND l.key = r.key WHERE NOT r.mention AND l.key IS NULL;

-- check: every credit code holds
SELECT subject_id FROM golden WHERE uscc IS NOT NULL AND uscc18(uscc) IS NULL;

-- check: a state is one of five
SELECT subject_id FROM golden WHERE status NOT IN ('active', 'revoked', 'deregistered', 'moved', 'unregistered');
