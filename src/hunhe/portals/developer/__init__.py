"""For those who build on the city. In: services and the API's own description. Out: a catalogue, keys, a call to try, a reference."""
