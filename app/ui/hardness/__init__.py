"""What only the page *hardness* has: two networks drawn with their weights, and the work of every search."""
