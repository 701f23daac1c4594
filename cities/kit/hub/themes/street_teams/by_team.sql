SELECT
    coalesce(team, '未派队伍') AS team, count(*) AS problems,
    CAST(sum(reworks) AS BIGINT) AS reworks, CAST(sum(reopened) AS BIGINT) AS reopened
FROM urban_management.street_cases
GROUP BY ALL
