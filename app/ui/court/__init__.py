"""What only the page *court* has: the rooms of the court."""
