"""The application: a registry of a city's data, from a blank form to a signed opinion."""
