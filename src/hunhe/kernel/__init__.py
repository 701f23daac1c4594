"""Floor: the rooms that any digital system needs: city, events, lanes, audit, files, places, org, identity, notify, flow."""
