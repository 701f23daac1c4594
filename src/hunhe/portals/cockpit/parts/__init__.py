"""One module per room that the wall asks."""
