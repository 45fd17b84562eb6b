"""The soft nearest neighbor loss under a short name; it is implemented in :mod:`app.lab.watermark.snnl`."""

from app.lab.watermark.snnl import neutral_value, soft_nearest_neighbor_loss

__all__ = ["neutral_value", "soft_nearest_neighbor_loss"]
