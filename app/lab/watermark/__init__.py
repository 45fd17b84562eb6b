"""The owner's watermark: triggers, the SNNL, and EWE, which trains task and watermark jointly.

Rule: it has full access to the owner's model and data, and none to adversaries or suspects.
"""

from app.lab.watermark.ewe import Entanglement, snnl_of_layers, train_watermarked, watermark_loss
from app.lab.watermark.neurons import division
from app.lab.watermark.snnl import neutral_value, soft_nearest_neighbor_loss
from app.lab.watermark.triggers import draw, perturb, success_rate

__all__ = [
    "Entanglement",
    "division",
    "draw",
    "neutral_value",
    "perturb",
    "snnl_of_layers",
    "soft_nearest_neighbor_loss",
    "success_rate",
    "train_watermarked",
    "watermark_loss",
]
