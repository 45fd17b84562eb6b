"""What only the page *heist* has: the film."""
