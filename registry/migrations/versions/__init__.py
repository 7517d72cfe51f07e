"""The migrations: numbered, reversible, tried with rows in every table on both databases."""
