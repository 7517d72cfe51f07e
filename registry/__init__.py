"""The application: a registry of a city's government data, from a blank form to a signed opinion."""
