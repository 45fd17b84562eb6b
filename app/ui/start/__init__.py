"""What only the page *start* has: the story in one picture."""
