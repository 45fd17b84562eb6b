"""The command line, ``python -m app``. Rule: it parses, runs and prints; it contains no science."""
