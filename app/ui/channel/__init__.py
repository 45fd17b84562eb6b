"""What only the page *channel* has: what carried each mark, over the seeds."""
