"""Room: who makes up the city government. In: departments and posts as content. Kept: both, retired ones too. Out: lists by code."""
