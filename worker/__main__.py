"""`python -m worker` is `tinwire`."""

from worker.cli import main

main()
