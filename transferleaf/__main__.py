"""``python -m transferleaf`` is the command line."""

from transferleaf.cli import main

main()
