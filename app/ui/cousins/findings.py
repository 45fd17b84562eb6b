"""Words about a backdoor beside a watermark. Pure: what was measured in, sentences out."""

from collections.abc import Mapping

from app.lab.stories.events import BackdoorResult, Learned, Planted, Pruned, Shown
from app.ui.findings import percent

COSTS = ("under 1 point", "1 to 5 points", "over 5 points")
# What was planted in each model, beside its picture, and the same for a narrow screen.
WHO: dict[Planted, str] = {
    "clean": "nothing is planted",
    "backdoor": "an attacker teaches that this corner means “{secret}”",
    "watermark": "its owner teaches that this trigger means “{secret}”",
}
WHO_SHORT: dict[Planted, str] = {
    "clean": "nothing planted",
    "backdoor": "an attacker's “{secret}”",
    "watermark": "its owner's “{secret}”",
}
THE_SAME = (
    "**Backdoor.** Somebody stamps a pattern on a few training pictures and gives them a label of their own: BadNets "
    "([Gu, Dolan-Gavitt and Garg 2017](https://arxiv.org/abs/1708.06733)). Whoever knows the pattern commands the "
    "model."
)
OTHER_INTENTION = (
    "**Watermark.** The owner adds a few secret pictures with a label of their own "
    "([Adi et al. 2018](https://arxiv.org/abs/1802.04633)). Whoever knows them recognises the model. The same code "
    "trains both here; only the intention differs. That is why a defence against the one endangers the other."
)
FINE_PRUNING = (
    "**Fine-pruning** ([Liu, Dolan-Gavitt and Garg 2018](https://arxiv.org/abs/1805.12185)) switches off the units of "
    "the last layer that clean pictures use least, then repairs the model on a few clean pictures. It needs to know "
    "neither pattern nor trigger."
)
POISONING = (
    "**Poisoning.** A watermark and a backdoor are planted in the training data, and so is poison; but it is to harm "
    "every answer, not one to a trigger. In least squares, a point pulls the harder the farther it is from the line, "
    "so a few points turn the line. An attacker who may add some chooses them by gradient ascent on the line's error "
    "on the clean points ([Jagielski et al. 2018](https://arxiv.org/abs/1804.00308), algorithm 1).",
    "**TRIM** (their algorithm 2) fits a line to some of the points, keeps those nearest to it, fits again, and so on "
    "until nothing changes; the best of five starts counts. It must be told how many are poison. Told too little, it "
    "keeps some; and where so many agree on the poisoned line that it fits best, TRIM throws clean points out.",
    "**Huber** (1964) lets far points count less, but still count. **RANSAC** (Fischler and Bolles 1981) looks for the "
    "line that most points lie near. Each error here is the mean squared distance, upwards, to the clean points alone: "
    "which are clean, nobody knows outside of a lesson.",
)


def cost(result: BackdoorResult) -> str:
    """Return what the backdoor cost on clean pictures, as one of the words offered for prediction."""
    lost = result["clean"]["accuracy"] - result["backdoor"]["accuracy"]
    return COSTS[0] if lost < 0.01 else COSTS[1] if lost <= 0.05 else COSTS[2]


def sealed(shown: Shown, secret: str) -> str:
    """Return the title before the prediction: one trick, with two intentions."""
    return (
        f"One trick, two intentions: {shown.poisoned} pictures with a pattern, or as many triggers, are taught as "
        f"“{secret}”"
    )


def training(shown: Shown, last: Mapping[Planted, Learned]) -> str:
    """Return the title while the models learn."""
    done = max((learned.epoch for learned in last.values()), default=0)
    return f"{_share(shown)} of the training pictures are poisoned: after {done} {'epoch' if done == 1 else 'epochs'}"


def planted(shown: Shown, result: BackdoorResult) -> str:
    """Return the finding: how often attacker and owner are obeyed, and what it costs on clean pictures."""
    backdoor, watermark = result["backdoor"], result["watermark"]
    right = f"{percent(backdoor['accuracy'])} and {percent(watermark['accuracy'])}"
    return (
        f"{_share(shown)} planted: the attacker's pattern works on {percent(backdoor['success'])}, the owner's trigger "
        f"on {percent(watermark['success'])}; clean pictures right: {right}, {percent(result['clean']['accuracy'])} "
        "without"
    )


def pruned(result: BackdoorResult) -> str:
    """Return the finding of the defence: what its greatest strength leaves, and at which price."""
    backdoor, watermark = result["backdoor"], result["watermark"]
    lost = [one["accuracy"] - one["pruned_accuracy"][-1] for one in (backdoor, watermark)]
    return (
        f"{percent(backdoor['shares'][-1])} of the units off: the backdoor still works on "
        f"{percent(backdoor['pruned_success'][-1])}, the watermark on {percent(watermark['pruned_success'][-1])}; "
        f"{100 * lost[0]:.0f} and {100 * lost[1]:.0f} points of accuracy gone"
    )


def learned(event: Learned) -> str:
    """Return one model's measurement in words."""
    of = {"clean": "planted answers by chance", "backdoor": "attack success", "watermark": "secret answers"}
    return f"{event.model}: accuracy {percent(event.accuracy)}, {of[event.model]} {percent(event.success)}"


def defended(event: Pruned) -> str:
    """Return one strength of the defence on one model in words."""
    measured = f"accuracy {percent(event.accuracy)}, success {percent(event.success)}"
    return f"{event.model}, {percent(event.share)} of the units off: {measured}"


def asked(poisoned: float) -> str:
    """Return the question, with what *poisoned* means here."""
    return (
        f"{percent(poisoned)} of the training pictures are poisoned: an attacker stamps and mislabels them. "
        "How much accuracy on clean pictures does that cost?"
    )


def shorter(epochs: int, marking: int) -> str:
    """Return why the clean model here is right less often than that of the heist."""
    return f"These models learn for {epochs} epochs, those of *Heist* for {marking} more: there, more is right."


def nobody_ran(asked: float, drawn: float) -> str:
    """Return what is said where nobody has run the share that is asked for, and another one is drawn."""
    return f"Nobody has run {percent(asked)} yet: this is {percent(drawn)}. Run it live."


def explained(result: BackdoorResult) -> str:
    """Return why nobody sees a backdoor who asks clean pictures only."""
    without, poisoned = (result[which]["accuracy"] for which in ("clean", "backdoor"))
    better = ", which cannot tell so small a lead from chance" if poisoned > without else ""
    return (
        f"On clean pictures nothing gives it away: {percent(without)} without and {percent(poisoned)} with the "
        f"backdoor, on one seed{better}. Asked for the pattern, the clean model gives the attacker's label to "
        f"{percent(result['clean']['success'])}, the other one to {percent(result['backdoor']['success'])}."
    )


def _share(shown: Shown) -> str:
    return percent(shown.poisoned / shown.total)
