SELECT site, metric, simulated, count(*) AS readings, round(avg(value), 1) AS average, max(value) AS highest
FROM ecology_environment.air_readings
GROUP BY ALL
