"""``python -m app``, and ``entangled``: the command line."""

import sys

from app.cli import interrupt


def main() -> int:
    """Run one command; return the exit status. Ctrl-C is heard before anything else is imported."""
    interrupt.at_once()
    from app.cli.main import main as run

    status = run()
    interrupt.over()
    return status


if __name__ == "__main__":
    sys.exit(main())
