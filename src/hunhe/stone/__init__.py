"""Floor: what every other floor stands on. Plain Python, no Django, no I/O."""
