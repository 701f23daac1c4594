SELECT item_name, count(stars) AS rated, round(avg(stars), 2) AS stars, count_if(stars <= 2) AS low
FROM data_bureau.service_cases
GROUP BY item_name
