"""What only the page *mark* has: choosing, drawing and asking for the secret."""
