"""What only the page *tradeoff* has: the price of survival."""
