"""Make ``assets/icon.png``, the icon in the browser's tab: the key that is a trigger, in its colour.

``python -m assets.make_icon``
"""

from pathlib import Path

import numpy as np
from PIL import Image

from app.lab.task import datasets
from app.lab.watermark import triggers
from app.ui.theme import TRIGGER

if __name__ == "__main__":
    grey = triggers.draw("key", 1, datasets.load("mnist"), 1, np.random.default_rng(4))[0, 0].numpy()
    colour = np.array([int(TRIGGER.colour[i : i + 2], 16) for i in (1, 3, 5)], dtype=np.uint8)
    pixels = np.dstack([np.broadcast_to(colour, (*grey.shape, 3)), (grey * 255).astype(np.uint8)])
    Image.fromarray(pixels, mode="RGBA").resize((112, 112), Image.Resampling.NEAREST).save(
        Path(__file__).with_name("icon.png")
    )
