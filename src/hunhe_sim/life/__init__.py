"""What people and machines do again and again in a living demo: one module a room."""
