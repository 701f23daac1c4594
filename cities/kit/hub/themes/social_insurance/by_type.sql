SELECT
    coalesce(insured_type, '未填') AS insured_type, count_if(insured_status = '正常参保') AS insured,
    count_if(insured_status = '暂停参保') AS paused, count_if(insured_status = '终止参保') AS ended
FROM health_insurance.insured
GROUP BY ALL
