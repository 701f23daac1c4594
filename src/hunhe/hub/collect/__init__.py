"""Collection: rows from departments' systems. In: files, databases, interfaces, uploads. Kept: each batch with its counts,
what was quarantined and why. Out: lake tables `<dataset>`, `<dataset>.quarantine`, `<dataset>.changes`."""
