"""What only the page *temperature* has: the playground of the SNNL."""
