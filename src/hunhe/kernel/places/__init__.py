"""Room: where things are. In: the city's divisions as content. Kept: the tree, and the frame of its sketch map.

Out: divisions by code, the area and grid cell of a point, the sketch map.
"""
