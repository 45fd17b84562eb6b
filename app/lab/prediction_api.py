"""The victim as the thief sees it: inputs in, answers out, queries counted."""

from torch import Tensor
from torch.nn import functional

from app.lab.models import FeatureNetwork, predict

ANSWERS = ("labels", "confidences")


class PredictionAPI:
    """A model behind an interface that answers queries and keeps count of them."""

    def __init__(self, model: FeatureNetwork, answers: str) -> None:
        """Serve ``model`` with ``answers``: top labels only, or the confidences of all classes.

        Raises:
            ValueError: if there is no such way to answer.
        """
        if answers not in ANSWERS:
            raise ValueError(f"An API answers with {' or '.join(ANSWERS)}, not {answers!r}.")
        self._model = model
        self._answers = answers
        self.queries = 0

    def query(self, inputs: Tensor) -> Tensor:
        """Answer ``(n, ...)`` inputs with ``(n, classes)``: confidences, or the top label as one-hot rows."""
        self.queries += len(inputs)
        logits = predict(self._model, inputs)
        if self._answers == "labels":
            return functional.one_hot(logits.argmax(dim=1), logits.shape[1]).to(logits.dtype)
        return logits.softmax(dim=1)
