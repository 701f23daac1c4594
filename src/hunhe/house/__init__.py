"""Floor: wires all rooms into one running city; known by none of them."""
