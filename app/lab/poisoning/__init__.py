"""The cousins of a watermark: training data placed to plant a behaviour (backdoor), or to ruin a fit (poisoning)."""

from app.lab.poisoning.fits import Line, huber, least_squares, ransac
from app.lab.poisoning.optimised import poison
from app.lab.poisoning.points import Points, clean_points
from app.lab.poisoning.trim import Trimming, starts, trim

__all__ = [
    "Line",
    "Points",
    "Trimming",
    "clean_points",
    "huber",
    "least_squares",
    "poison",
    "ransac",
    "starts",
    "trim",
]
