"""`python -m registry.cli` is `catalogue`."""

from registry.cli import main

main()
