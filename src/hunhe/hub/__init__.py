"""Floor: the river, in flow order: lake, catalogue, collect, bases, exchange."""
