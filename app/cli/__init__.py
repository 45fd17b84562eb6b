"""The command line, ``python -m app``: it parses, runs and prints. Rule: no science."""
