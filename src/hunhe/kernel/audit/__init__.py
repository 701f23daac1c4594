"""The log that cannot be quietly changed.

In: who did what to which object, from every room, inside the transaction that did it. Kept: salted commitments as leaves of
an RFC 6962 tree, details encrypted per subject, signed checkpoints. Out: receipts, proofs, tiles, and `hunhe verify`.
"""
