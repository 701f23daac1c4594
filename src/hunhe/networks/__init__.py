"""Networks: what the city does for people (service), about its streets (governance) and inside its offices (office)."""
