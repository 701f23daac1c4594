"""What the code can be used for. In: function files, switches. Kept: who switched what and why. Out: may this person, and what is shown."""
