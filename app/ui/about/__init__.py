"""What only the page *about* has: what can be believed."""
