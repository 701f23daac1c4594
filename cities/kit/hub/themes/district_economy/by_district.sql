SELECT
    p.district, p.people, coalesce(f.active, 0) AS firms, round(1000.0 * coalesce(f.active, 0) / p.people, 1) AS per_thousand
FROM theme.population_structure.by_district_age AS p
LEFT JOIN theme.market_regulation.firms_by_district AS f ON f.district = p.district
