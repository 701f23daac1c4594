"""Decisions of the exchange, pure: time and facts are passed in."""
