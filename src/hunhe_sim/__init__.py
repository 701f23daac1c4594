"""The world outside: department systems and people. Speaks only public interfaces; imports nothing from hunhe."""
