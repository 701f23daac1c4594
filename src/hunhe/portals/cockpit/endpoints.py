"""The cockpit's lane."""

from hunhe.portals.cockpit.live import PREFIX, make_lane

lanes = {PREFIX: make_lane}
