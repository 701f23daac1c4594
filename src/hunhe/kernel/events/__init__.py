"""Outbox and jobs; the only retry engine.

In: events published and jobs enqueued inside business transactions. Kept: one delivery row per subscriber, one row per job,
with attempts, lease and fencing token. Out: handlers called in order per aggregate, each effect once; dead letters for people.
"""
