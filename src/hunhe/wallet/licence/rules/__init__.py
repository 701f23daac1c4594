"""Decisions about licences, pure: time and facts are passed in."""
