"""Entangled: model stealing and entangled watermarks, live on a laptop."""
