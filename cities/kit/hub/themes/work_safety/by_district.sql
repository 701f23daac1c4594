SELECT
    district, CAST(sum(firms) AS BIGINT) AS firms, CAST(sum(staff) AS BIGINT) AS staff, round(sum(staff) / sum(firms), 1) AS per_firm
FROM risky_firms
GROUP BY district
