"""The cockpit. In: the day's counts of the rooms below. Kept: nothing. Out: tiles, a sketch map and the day's river, each
with a list behind it whose sum is the number shown."""
