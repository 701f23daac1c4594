SELECT coalesce(nation, '未填') AS nation, count(*) AS people
FROM base.population
WHERE status = 'active'
GROUP BY ALL
