"""Floor: what a citizen carries: code, functions, licence."""
