"""Hunhe: a digital city. Floors, top to bottom: cli, house, portals, scenes, networks | economy, wallet, hub, kernel, ui, stone."""

__version__ = "0.1.0"
