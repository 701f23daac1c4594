WITH newest AS (
    SELECT max(established) AS day FROM market_regulation.enterprises
)

SELECT coalesce(e.type, '未填') AS type, count(*) AS firms, count_if(date_diff('year', e.established, n.day) < 3) AS young
FROM market_regulation.enterprises AS e CROSS JOIN newest AS n
WHERE e.status = '存续'
GROUP BY ALL
