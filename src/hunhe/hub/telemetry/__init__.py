"""Readings and warnings. In: batches of readings from sensors, each source in its own clock. Kept: readings, conflicts, warnings as
the city's rules find them. Out: orders to departments, the hub's data set of readings, what the air is like near you."""
