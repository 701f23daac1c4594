"""Theme libraries. In: lists and bases from the lake. Kept: models of the city as SQL, each run with what it read and made. Out: `theme.*` tables, indicators, lineage."""
