"""The skin: what a person sees and touches. It computes nothing of the science."""
