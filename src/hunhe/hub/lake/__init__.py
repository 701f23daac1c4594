"""The lake: tables by version. In: rows from one leased writer per table. Kept: Delta versions, the digest of every data
file, and the pointer that readers follow. Out: file lists for DuckDB, look-ups from serving files, fenced SELECTs."""
