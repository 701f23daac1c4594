WITH bad AS (
    SELECT DISTINCT legal_rep_id FROM market_regulation.enterprises WHERE status = '吊销'
)

SELECT
    left(e.division_code, 6) AS district, count_if(e.status = '吊销') AS revoked,
    count_if(e.status = '存续' AND b.legal_rep_id IS NOT NULL) AS linked_active
FROM market_regulation.enterprises AS e LEFT JOIN bad AS b ON b.legal_rep_id = e.legal_rep_id
WHERE e.division_code IS NOT NULL
GROUP BY ALL
