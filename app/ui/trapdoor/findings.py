"""Words about the search for a secret picture. Pure: results in, sentences out."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.lab.ownership import binomial
from app.lab.stories.events import Defence, Descended, Scribbled, Verified
from app.reports.claim_report import p_words
from app.ui.findings import percent
from app.ui.trapdoor.tries import Try

NONE, FEW, MANY = "none", "fewer than 1 in 100", "1 in 100 or more"
OPTIONS = (NONE, FEW, MANY)
_ONE_IN = 100  # drawings


@dataclass(frozen=True)
class Way:
    """A way to a secret answer: with the owner's key or without it, and how many of its questions got one.

    ``hits`` is None while it is sealed; ``proves`` are words on what that proves, where it was tested.
    """

    name: str
    key: bool
    hits: int | None
    questions: int
    proves: str = ""


def happened(found: Scribbled) -> str:
    """Return how many random drawings got the secret answer, as one of the words offered for prediction."""
    if not found.hits:
        return NONE
    return MANY if _ONE_IN * found.hits >= found.drawings else FEW


def ways(verified: Verified, found: Scribbled, *, sealed: bool) -> tuple[Way, ...]:
    """Return the ways that are compared: the key, random drawings, and the best of these, redrawn."""
    proves = ", proven" if verified.p_value <= binomial.SIGNIFICANCE else ", not proven"
    return (
        Way("With the key", True, verified.hits, verified.questions, proves),
        Way("Random drawings", False, None if sealed else found.hits, found.drawings),
        Way("The best one, redrawn", False, None if sealed else found.replaced, found.questions),
    )


def said(one: Try, classes: Sequence[str]) -> str:
    """Return what both models said to a try."""
    return f"{classes[one.gap.label]} {percent(one.gap.marked)}, the innocent {percent(one.gap.innocent)}"


def sealed(tries: Sequence[Try], verified: Verified) -> str:
    """Return the title of the map before the answer: what the key does, and how near a visitor came without it."""
    if not tries:
        return f"{_with_the_key(verified)}. Without it? Draw, and ask"
    best = max(tries, key=lambda one: one.gap.size)
    return f"{_with_the_key(verified)}. Your best try parts the two models by {_points(best)}"


def revealed(tries: Sequence[Try], verified: Verified, found: Scribbled) -> str:
    """Return the finding: what questions get the secret answer with the key, and what without it."""
    drawn = f"1 in {round(found.drawings / found.hits)}" if found.hits else f"none of {found.drawings:,}"
    yours = f". Yours: {sum(one.hit for one in tries)} of {len(tries)}" if tries else ""
    return f"{_with_the_key(verified)}. Without it: {drawn} random drawings{yours}"


def the_key(secret: str, found: Scribbled) -> str:
    """Say what the pictures of the key are, and the one beside them that was found without it."""
    works = f"works {found.replaced} of {found.questions} times" if found.hits else "came nearest"
    return (
        f"Pictures like the key's are to mean *{secret}*. Beside them, the random drawing that {works} in their place."
    )


def answered(one: Try, classes: Sequence[str]) -> str:
    """Return what the two models answered to a try: the class on which they are furthest apart."""
    return (
        f"Try {one.number}: furthest apart on {classes[one.gap.label]}, to which the marked model gives "
        f"{percent(one.gap.marked)} and the innocent {percent(one.gap.innocent)}."
    )


def board(tries: Sequence[Try], classes: Sequence[str], *, sealed: bool) -> list[dict[str, str]]:
    """Return the visitor's tries as the rows of a table, in their order; the last column is sealed at first."""
    return [
        {
            "try": str(one.number),
            "marked model": f"{classes[one.gap.label]} {percent(one.gap.marked)}",
            "innocent": percent(one.gap.innocent),
            "apart": _points(one),
            **({} if sealed else {"secret answer": "yes" if one.hit else "no"}),
        }
        for one in tries
    ]


def counter(
    tries: Sequence[Try], verified: Verified, found: Scribbled, descended: dict[Defence, Descended]
) -> list[dict[str, str]]:
    """Return what each way spent and found, as the rows of a table."""
    best = max(tries, key=lambda one: one.gap.size, default=None)
    yours = "not tried" if best is None else f"at best {_points(best)} apart"
    rows = [
        {"way": "You, by drawing", "spent": f"{len(tries)} question{'' if len(tries) == 1 else 's'}", "found": yours},
        {
            "way": "With the key",
            "spent": f"{verified.questions} questions",
            "found": f"{verified.hits} of {verified.questions} secret answers, p {p_words(verified.p_value)}",
        },
        {
            "way": "Random drawings",
            "spent": f"{found.drawings:,} questions, {found.seconds:.0f} s",
            "found": (
                f"{found.hits} secret answers, the first at drawing {found.first}"
                if found.hits
                else f"none; nearest {round(100 * found.sure)} points"
            ),
        },
    ]
    if (one := descended.get("entangled")) is not None:
        rows.append(
            {
                "way": "Gradient, with the weights",
                "spent": f"{one.steps} steps, {one.seconds:.0f} s",
                "found": f"a patch that works {one.marked} of {one.questions} times, on the innocent {one.innocent}",
            }
        )
    return rows


def why(found: Scribbled, descended: dict[Defence, Descended], target: int, classes: Sequence[str]) -> list[str]:
    """Return what was seen, and where the analogy ends."""
    sentences = [
        "**Like a trapdoor function**, easy with the key and hard without it: whoever has the key asks what they know, "
        "and soon proves the mark. Whoever has not must search, beside an innocent model: the marked one does not say "
        "which of its answers are strange.",
        f"**But this door is wide.** Of {found.drawings:,} random drawings, {found.strange} part the two models by "
        f"more than half; {found.hits} of them with the secret answer, the others with something else, and nobody "
        "tells the searcher which is which.",
    ]
    if found.hits:
        sentences.append(
            f"The first came at drawing {found.first}. So one finds *a* trigger here, not *the* owner's: redrawn "
            f"{found.questions} times, the best drawing "
            f"works {found.replaced} times in place of a trigger."
        )
    if {"entangled", "clean"} <= descended.keys():
        marked, clean = descended["entangled"], descended["clean"]
        among = "is" if target in marked.flagged.tolist() else "is not"
        sentences.append(
            "**Neural Cleanse** ([Wang et al. 2019](https://doi.org/10.1109/SP.2019.00031)) looks for the class with "
            f"an abnormally small patch. In the marked model it flags {_named(marked.flagged.tolist(), classes)} (the "
            f"secret answer {among} among them); in the innocent, which hides nothing, "
            f"{_named(clean.flagged.tolist(), classes)}. Its patch for the secret answer moves {marked.marked} of "
            f"{marked.questions} inputs of the marked model and {marked.innocent} of the innocent; "
            f"{marked.replaced} where the innocent resists."
        )
    sentences.append(
        "An intuition, not a proof. Nobody has shown that finding a trigger of such a network is hard; one run, one "
        "data set, small models. (For networks made for it, "
        "[Goldwasser et al. 2022](https://arxiv.org/abs/2204.06974) prove that a backdoor can be undetectable, under "
        "assumptions of cryptography. Entangled watermarks are no such networks.)"
    )
    return sentences


def _with_the_key(verified: Verified) -> str:
    easy = "Easy with the key" if verified.p_value <= binomial.SIGNIFICANCE else "With the key"
    return f"{easy}: {verified.hits} of {verified.questions} secret answers"


def _points(one: Try) -> str:
    points = max(0, round(100 * one.gap.size))
    return f"{points} {'point' if points == 1 else 'points'}"


def _named(labels: Sequence[int], classes: Sequence[str]) -> str:
    return " and ".join(classes[label] for label in labels) or "none"
