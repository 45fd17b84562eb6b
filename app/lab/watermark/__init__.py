"""What the owner plants: triggers, the SNNL, and EWE, which learns both task and watermark.

Rule: it knows the owner's model from the inside, and nothing of who may copy it.
"""

from app.lab.watermark.ewe import Entanglement, train_watermarked, watermark_loss
from app.lab.watermark.neurons import division
from app.lab.watermark.snnl import neutral_value, soft_nearest_neighbor_loss
from app.lab.watermark.triggers import draw, perturb, success_rate

__all__ = [
    "Entanglement",
    "division",
    "draw",
    "neutral_value",
    "perturb",
    "soft_nearest_neighbor_loss",
    "success_rate",
    "train_watermarked",
    "watermark_loss",
]
