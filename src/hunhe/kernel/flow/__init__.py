"""The case engine. In: procedures as files, requests to open and move. Kept: cases, tasks, clocks, history. Out: events, effects."""
