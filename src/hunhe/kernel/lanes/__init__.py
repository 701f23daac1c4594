"""Bare ASGI on the hot paths, Django beside it in threads, and group commit.

In: requests that must be answered fast. Kept: nothing. Out: one transaction per batch, answered after its commit.
"""
