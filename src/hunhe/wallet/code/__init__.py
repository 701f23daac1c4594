"""One code for the city. In: devices' keys, shown codes, scans. Kept: devices, terminals, moments, scans. Out: yes or no with a receipt."""
