"""What the city counts. In: each room's definitions and readers. Kept: one value per indicator and day. Out: figures, each
the sum of its own lines, computed once for all who look."""
