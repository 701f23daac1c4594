"""One day of the world outside: officials, citizens and machines use the city through its public interfaces."""
