"""What only the page *recap* has: six points, each with a small picture, and the visitor's predictions."""
