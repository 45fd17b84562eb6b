"""What only the page *heist* has: the film, and what stands beside it."""
