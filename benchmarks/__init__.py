"""Speed, measured: each file is a command that prints a table. Never a test."""
