"""The document: its schema, its rules, and every way in and out of it."""
