"""Floor: what a citizen carries: code, functions, licences, and their own data."""
