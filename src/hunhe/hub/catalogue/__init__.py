"""The catalogue: what data the city has, whose it is, on what terms. In: departments' entries, CKAN and DCAT records. Kept:
entries with states and revisions. Out: search, DCAT-AP, and the resources from which exchange makes services."""
