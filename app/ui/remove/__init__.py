"""What only the page *remove* has: what washing leaves."""
