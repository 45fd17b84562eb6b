"""What only the page *steal* has: what a copy costs."""
