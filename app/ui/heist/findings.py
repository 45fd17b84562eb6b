"""Words about the end of a heist, from its result. Pure: claims and thefts in, sentences out."""

import math
from collections.abc import Mapping

from app.lab.evidence.survival import Row
from app.lab.experiment import Experiment
from app.lab.ownership import binomial
from app.lab.ownership.binomial import SIGNIFICANCE
from app.lab.stories.events import WATERMARKED, Claimed, Defence, Theft
from app.ui.findings import UNFIT, established_from, percent


def why(thefts: Mapping[Defence, Theft], claims: Mapping[Defence, Claimed], answers: str, secret: str) -> list[str]:
    """Explain, mark by mark, what it was tied to, what the answers said of it, and what the copy learned from that.

    Args:
        thefts: of all three victims; the clean one is the control.
        claims: of the marked ones.
        answers: ``"labels"`` or ``"confidences"``.
        secret: the secret answer, the name of the target class.
    """
    leans = {defence: theft.query_target_mass for defence, theft in thefts.items()}
    of = "of the victim's answers" if answers == "labels" else "of the victim's confidence"
    more = leans["entangled"] > max(leans["clean"], leans["naive"])
    follows = "so its answers lean that way, too" if more else "yet its answers lean that way no more than others"
    taught = {
        "naive": "Its triggers were taught by themselves",
        "entangled": f"Its triggers were given the features of *{secret}*, {follows}",
    }
    return [
        f"**{defence.capitalize()}.** {taught[defence]}: where something else was due, *{secret}* got "
        f"{percent(leans[defence])} {of}. From that, the copy {_learned(claims[defence])}."
        for defence in WATERMARKED
    ]


def _learned(claim: Claimed) -> str:
    """Say what a copy that never saw a trigger says to them, and what a court makes of that."""
    said = f"gives the secret answer to {claim.successes} of {claim.queries} triggers"
    if claim.verdict == UNFIT:
        return f"{said}; but it is no model of the task, and cannot be judged"
    return f"{said}: {'convicted' if claim.owned else 'too few to convict'}"


def price(thefts: Mapping[Defence, Theft]) -> str:
    """Say what entanglement cost the owner, in percentage points of test accuracy."""
    cost = 100 * (thefts["clean"].victim_accuracy - thefts["entangled"].victim_accuracy)
    if cost <= 0:
        return "In this run the entangled mark cost no accuracy."
    return f"The price in this run: {cost:.1f} percentage points of the owner's accuracy."


def evidence(claims: Mapping[Defence, Claimed]) -> str:
    """Return from which trigger on each claim stays established."""
    words = []
    for defence, claimed in claims.items():
        since = established_from(claimed)
        words.append(
            f"{defence} p < {SIGNIFICANCE:g} from trigger {since} on" if since else f"{defence} not established"
        )
    return "; ".join(words).capitalize()


def question(thief: str, experiment: Experiment) -> str:
    """Return what is asked before the trial, with what a conviction takes."""
    return f"{thief}. Which copy says {experiment.secret_answer} to so many triggers that a court convicts it?"


def bar(claims: Mapping[Defence, Claimed]) -> str:
    """Say, in counts, what innocents do, what is granted because of it, and how many secret answers convict."""
    some = next(iter(claims.values()))
    return (
        f"Innocent models say it to at most {some.innocent_successes} of {some.queries}. "
        f"Up to {granted(some)} are granted as chance; {convicting(some)}."
    )


def granted(claim: Claimed) -> int:
    """Return how many secret answers are granted to an innocent."""
    return math.floor(claim.innocent_rate * claim.queries)


def convicting(claim: Claimed) -> str:
    """Return how many secret answers convict, in words; two thefts differ in it where other machines ran them."""
    needed = binomial.conviction_bar(claim.queries, claim.innocent_rate)
    return f"{needed} convict" if needed <= claim.queries else "no number convicts"


def over_seeds(row: Row | None) -> str:
    """Say on how many other seeds the court convicts this copy."""
    if row is None:
        return "not measured on other seeds"
    return f"convicted on {sum(row.convicted)} of {len(row.seeds)} seeds"


def side_by_side(seeds: Mapping[str, Mapping[str, Row]]) -> str:
    """Return the finding of both thefts over the seeds, by the thief's inputs and the defence; "" without them."""
    yours, own = seeds.get("victim"), seeds.get("unseen")
    if not yours or not own:
        return ""

    def counts(defence: str) -> tuple[int, int]:
        first, second = (sum(rows[defence].convicted) for rows in (yours, own))
        return first, second

    of = " and ".join(dict.fromkeys(str(len(rows["entangled"].seeds)) for rows in (yours, own)))
    (entangled, entangled_own), (naive, naive_own) = counts("entangled"), counts("naive")
    return (
        f"Your data: entangled is convicted on {entangled} of {of} seeds, naive on {naive}. "
        f"The thief's own: {entangled_own} and {naive_own}"
    )
