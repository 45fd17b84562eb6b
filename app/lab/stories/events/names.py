"""The names that events use: roles, defences and phases."""

from typing import Literal, get_args

Role = Literal["victim", "copy", "bystander"]  # a bystander was trained independently, on other data
Defence = Literal["clean", "naive", "entangled"]  # how the owner trained; clean is the control
PhaseName = Literal[
    "task",  # of a heist
    "triggers",
    "watermark",
    "query",
    "copy",
    "claim",
    "removal",  # of a washing; the next three of a trial
    "exhibits",
    "bystanders",
    "framing",
    "victim",  # of a theft by one extraction attack
    "pretraining",
    "attack",
    "affinity",  # of a rehearsal: innocent models are asked, then each pair is marked and stolen
    "rehearsal",
    "planting",  # of a backdoor
    "pruning",
    "scribbling",  # of a trapdoor
    "descending",
    "maps",  # while runs are recorded
]

DEFENCES: tuple[Defence, ...] = get_args(Defence)
WATERMARKED: tuple[Defence, ...] = ("naive", "entangled")
