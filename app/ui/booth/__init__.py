"""What only the page *booth* has: the heist that plays by itself."""
