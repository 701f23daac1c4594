"""The departments' own systems: what each wrote down about the people, with its own keys, columns and mistakes."""
