SELECT year(established) AS year, count(*) AS firms, count_if(status = '存续') AS still_active
FROM market_regulation.enterprises
WHERE established IS NOT NULL
GROUP BY ALL
