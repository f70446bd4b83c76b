"""``python -m transferleaf``, and the script ``transferleaf``: the command line."""

from __future__ import annotations

from transferleaf.interrupts import own_the_process


def main() -> None:
    """Load the command line, and run it."""
    own_the_process()
    from transferleaf.cli import main as run

    run()


if __name__ == "__main__":
    main()
