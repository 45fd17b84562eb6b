"""Model extraction: the prediction API, the attacks, and their rounds of select, query, fit.

Rule: an attack sees the API's answers only, never the victim, the owner's data or the triggers.
"""

from app.lab.extraction.attacks import EXTRACTION_ATTACKS, Adversary, ExtractionAttack
from app.lab.extraction.channel import Channel, measure
from app.lab.extraction.detector import Detector
from app.lab.extraction.prediction_api import Policy, PredictionAPI
from app.lab.extraction.queries import adversary_inputs
from app.lab.extraction.rounds import extract

__all__ = [
    "EXTRACTION_ATTACKS",
    "Adversary",
    "Channel",
    "Detector",
    "ExtractionAttack",
    "Policy",
    "PredictionAPI",
    "adversary_inputs",
    "extract",
    "measure",
]
