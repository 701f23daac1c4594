"""Room: what makes this city this city.

In: content files in layers (kit, province, city). Kept: which files are in force, their text and digests, the city's
working calendar. Out: files to the rooms that read them, the calendar to whoever counts days.
"""
