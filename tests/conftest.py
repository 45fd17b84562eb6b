"""One thread and no deadlines: tests share the machine with others."""

import os

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # read when NumPy is imported first

import torch
from hypothesis import settings

torch.set_num_threads(1)
settings.register_profile("entangled", deadline=None)
settings.load_profile("entangled")
