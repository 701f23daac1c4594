SELECT
    item_name, count_if(channel = 'online') AS online, count_if(channel = 'counter') AS counter,
    count_if(outcome = 'granted') AS granted, count_if(outcome = 'refused') AS refused
FROM data_bureau.service_cases
GROUP BY item_name
