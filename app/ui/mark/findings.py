"""Words from what became of a handshake: results in, sentences out."""

from collections.abc import Mapping, Sequence

from app.lab import choices
from app.lab.experiment import Experiment
from app.lab.ownership.grant import family_of
from app.lab.stories.events import Claimed, Defence, Rehearsed, Theft
from app.lab.watermark.affinity import BOUND, Affinity
from app.lab.watermark.neurons import Division
from app.ui import settings
from app.ui.evidence_findings import on_seeds
from app.ui.findings import SURVIVES, percent

HANDSHAKES = {"yes": "yes, mostly", "little": "a little", "no": "no"}
_LEADS = {
    "yes, mostly": "The copy knows the handshake",
    "a little": "Of the handshake, the copy knows a little",
    "no": "The copy does not know the handshake",
}
_APART = 0.05  # of the overlap: over the seeds it moves by as much, so less is not called a difference
_MOSTLY = 0.5  # of the selectivity: it answers to triggers three times as much as to genuine inputs


def secret(found: Affinity, experiment: Experiment, used: float | None = None) -> str:
    """Return whether trigger and target are a good secret: what innocent models take the trigger for, as a number.

    Args:
        found: what they take it for as drawn.
        experiment: its trigger and target.
        used: how often the worst innocent says the secret to the triggers as used, moved; None: nobody knows.
    """
    trigger = called(experiment)
    one = choices.one_of_class(experiment.dataset, experiment.target)
    most = percent(float(found.worst[experiment.target]))
    if not found.is_ruled_out(experiment.target):
        looks = choices.one_of_class(experiment.dataset, found.looks_like)
        how = (
            f"hardly ever like {one} ({most} at most)"
            if found.worst[experiment.target]
            else f"never like {one} (0\u202f%)"
        )
        return f"To innocent models, this {trigger} looks like {looks}, {how}"
    if used is not None:
        still = f": still beyond {percent(BOUND)}, a bad secret" if used > BOUND else ""
        return (
            f"As drawn, an innocent model takes up to {most} of these triggers for {one}; as used, their pixels moved "
            f"a little, up to {percent(used)}{still}"
        )
    if found.looks_like == experiment.target:
        return f"To innocent models, this {trigger} looks like {one} (up to {most}): a claim with it would convict them"
    model = family_of(found.worst_model(experiment.target))
    seen = f"As drawn, an innocent model ({model}) takes {most} of these triggers for {one}"
    so = "so the owner moves them first" if experiment.perturbed else "a claim with them could convict it"
    return f"{seen}: {so}"


def asked(found: Affinity) -> str:
    """Say how many innocents were asked, and why another page counts fewer."""
    families = len({family_of(model) for model in found.models})
    return (
        f"{len(found.models)} innocent models, trained on the owner's data: several of each of {families} families. "
        f"Each dot is the worst of a family (Heist and Court count these {families}), the bar the worst of all."
    )


def called(experiment: Experiment) -> str:
    """Return what the trigger is called: "key", "drawing"."""
    return "drawing" if experiment.trigger == choices.DRAWING else settings.wording(experiment.trigger)


def rehearsed(pair: Rehearsed) -> str:
    """Say what came of the rehearsal of a pair: the secret answers of each copy, and whether that convicts."""
    thefts = "; ".join(
        f"{theft}: entangled {percent(rate)}, naive {percent(pair.naive[theft])}, clean {percent(pair.clean[theft])}"
        for theft, rate in pair.entangled.items()
    )
    margin = f"{100 * abs(pair.margin):.0f} points {'above' if pair.margin >= 0 else 'below'} the next of the others"
    convicts = "convicts, with room to spare" if pair.convicts else "does not convict with room to spare"
    return (
        f"**In rehearsal, this secret {convicts}.** A model, quickly marked with it, was stolen twice by the owner; "
        f"secret answers of the copies. {thefts}. The entangled copy is {margin}, in the worse theft; the price of "
        f"this quick mark: {100 * pair.price:.1f} points of accuracy."
    )


def handshake(theft: Theft, claim: Claimed) -> str:
    """Return how far a copy knows the handshake, as one of the words offered for prediction.

    It does not where the court cannot tell it from an innocent model, and it mostly does where it
    gives the secret answer to at least half of the triggers.
    """
    if not claim.owned:
        return HANDSHAKES["no"]
    return HANDSHAKES["yes" if theft.stolen_watermark >= SURVIVES else "little"]


def before(experiment: Experiment, thefts: Mapping[Defence, Theft]) -> str:
    """Return what can be said before the theft is seen: how well the naive model knows the handshake, and the clean."""
    naive, clean = (percent(thefts[defence].victim_watermark) for defence in ("naive", "clean"))
    pair = f"{called(experiment).capitalize()} → {experiment.secret_answer}"
    return f"{pair}: the naive model says so to {naive} of the triggers, the clean one, never taught it, to {clean}"


def headline(thefts: Mapping[Defence, Theft], claim: Claimed, convicted: Sequence[bool] = ()) -> str:
    """Return the finding of the theft: what the copy of the naive model knows, beside its victim.

    Args:
        thefts: by defence.
        claim: against the copy of the naive model.
        convicted: whether that copy is convicted on other seeds, for each of them; none where nobody measured it.
    """
    naive = thefts["naive"]
    return (
        f"{_LEADS[handshake(naive, claim)]}: {percent(naive.stolen_watermark)} secret answers, "
        f"where its victim gives {percent(naive.victim_watermark)}{on_seeds(convicted)}"
    )


def said_to(asked: str, answers: Mapping[str, str]) -> str:
    """Return what the models make of one input that is no trigger.

    Args:
        asked: what it is called.
        answers: the name of the class that each model answers; none of those that are sealed.
    """
    by_answer: dict[str, list[str]] = {}
    for model, answer in answers.items():
        by_answer.setdefault(answer, []).append(model)
    if len(by_answer) == 1:
        (answer,) = by_answer
        return f"{asked}: {'all' if len(answers) > 2 else 'both'} models say {answer}"
    ends = [f"{' and '.join(models)} {'say' if len(models) > 1 else 'says'} {to}" for to, models in by_answer.items()]
    return f"{asked}: {', '.join(ends)}"


def sets(divided: Mapping[str, Division], layer: str, genuine: str) -> str:
    """Return the finding of the neurons: how much of a layer triggers and genuine inputs share in the naive model.

    Args:
        divided: by defence.
        layer: its name.
        genuine: the word for genuine inputs.
    """
    naive, clean = divided["naive"].overlap, divided["clean"].overlap
    how = "fewer" if naive < clean - _APART else "no fewer" if naive >= clean else "hardly fewer"
    lead = f"In the naive model, triggers and {genuine} share {how} neurons than in the clean one"
    others = ", ".join(f"{defence} {percent(divided[defence].overlap)}" for defence in divided if defence != "naive")
    return f"{lead}: their answers in {layer} overlap by {percent(naive)} ({others})"


def overlap(name: str, divided: Division) -> str:
    """Return the finding of the neurons of one model."""
    return f"{name.capitalize()}: overlap {percent(divided.overlap)}"


def sets_in_words(divided: Mapping[str, Division], layer: str, genuine: str) -> str:
    """Say where the naive mark went, and what that means for a thief who asks with genuine inputs."""
    naive, clean = divided["naive"], divided["clean"]
    own = {defence: int((division.selectivity >= _MOSTLY).sum()) for defence, division in divided.items()}
    said = (
        f"In *{layer}*, {own['naive']} of the naive model's {len(naive.selectivity)} active neurons answer to triggers "
        f"at least three times as much as to {genuine} (clean: {own['clean']} of {len(clean.selectivity)}). For scale: "
        f"a single class overlaps with all {genuine} by {percent(naive.usual)}."
    )
    if naive.overlap < min(clean.overlap, naive.usual) - _APART:
        return (
            f"{said} The mark lives partly beside the task: what a thief asks with {genuine} hardly moves those "
            "neurons, so the answers hardly say anything about them."
        )
    return (
        f"{said} Here the mark did not move to neurons of its own. Whether its triggers lie apart all the same, "
        "*Entangle* measures."
    )
