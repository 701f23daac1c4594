"""Street problems from report to close.

In: reports of citizens and patrols with photo and place. Kept: the problem on the map, its reporters, photos (original as
evidence, a copy to show), components. Out: orders to teams, notices to every reporter, cases for the hub.
"""
