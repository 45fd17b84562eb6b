"""What only the page *entangle* has: the maps of the feature spaces, the curves, the batches."""
