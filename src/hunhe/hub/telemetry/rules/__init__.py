"""Decisions of telemetry: clocks of sources, what a reading must be, when a warning begins and ends. Pure."""
