"""The story in one picture: a secret, a theft, a copy, a court. Drawn by the browser, with no data."""

from app.ui.components import component


def draw() -> None:
    """Draw the four steps; on a narrow screen they stand one below the other."""
    component("story")(key="story")
