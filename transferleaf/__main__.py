"""The entry point of ``python -m transferleaf`` and of the script ``transferleaf``."""

from __future__ import annotations

from transferleaf.process.interrupts import own_the_process


def main() -> None:
    """Load and run the command line."""
    own_the_process()
    from transferleaf.cli import main as run

    run()


if __name__ == "__main__":
    main()
