"""Where the rooms of the court put what they have."""

from dataclasses import dataclass

from streamlit.delta_generator import DeltaGenerator


@dataclass(frozen=True)
class Stage:
    """The place of a room's picture, and beside it those of the question and of what one does."""

    picture: DeltaGenerator
    question: DeltaGenerator
    controls: DeltaGenerator
