-- Each check selects rows that must not exist; one such row stops the publication.

-- check: one person per identity number
SELECT id_number, count(*) AS subjects FROM golden WHERE id_number IS NOT NULL GROUP BY id_number HAVING count(*) > 1;

-- check: every source row belongs to exactly one person
SELECT dataset, key, count(*) AS links FROM links GROUP BY dataset, key HAVING count(*) > 1;

-- check: no source row is lost
SELECT r.dataset, r.key FROM records AS r LEFT JOIN links AS l ON l.dataset = r.dataset AND l.key = r.key WHERE l.key IS NULL;

-- check: every identity number holds
SELECT subject_id FROM golden WHERE id_number IS NOT NULL AND id18(id_number) IS NULL;

-- check: birth date and identity number agree
SELECT subject_id FROM golden WHERE id_number IS NOT NULL AND birth_date <> id_birth(id_number);

-- check: a state is one of four
SELECT subject_id FROM golden WHERE status NOT IN ('active', 'deceased', 'moved', 'void');

-- check: every person rests on a source row
SELECT g.subject_id FROM golden AS g LEFT JOIN links AS l ON l.subject_id = g.subject_id WHERE l.subject_id IS NULL;
