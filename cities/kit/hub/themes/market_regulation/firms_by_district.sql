SELECT
    left(division_code, 6) AS district,
    count_if(status = '存续') AS active, count_if(status = '吊销') AS revoked, count_if(status = '注销') AS deregistered,
    CAST(round(coalesce(sum(CASE WHEN status = '存续' THEN capital END), 0) / 10000) AS BIGINT) AS capital
FROM market_regulation.enterprises
WHERE division_code IS NOT NULL
GROUP BY ALL
