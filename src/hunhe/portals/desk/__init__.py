"""The officials' front page. In: turns, batches, grants, dead letters of the caller's department, from the rooms that own
them. Kept: nothing. Out: one list of what waits for this post, and one search box over everything it may see."""
