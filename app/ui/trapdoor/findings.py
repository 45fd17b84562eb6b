"""Words about the search for a secret picture. Pure: results in, sentences out."""

from collections.abc import Sequence

from app.lab.stories.events import Defence, Descended, Scribbled, Verified
from app.reports.claim_report import p_words
from app.ui.findings import percent
from app.ui.trapdoor.tries import Try

TENS, HUNDREDS, NEVER = "some ten", "hundreds", "2,000 are not enough"
OPTIONS = (TENS, HUNDREDS, NEVER)
_TENS = 30  # drawings for one hit, on average: up to so many are "some ten"


def needed(found: Scribbled) -> str:
    """Return how many random drawings it takes for the secret answer, as one of the words offered for prediction."""
    if not found.hits:
        return NEVER
    return TENS if found.drawings / found.hits <= _TENS else HUNDREDS


def said(one: Try, classes: Sequence[str]) -> str:
    """Return what both models said to a try."""
    return f"{classes[one.gap.label]} {percent(one.gap.marked)}, the innocent {percent(one.gap.innocent)}"


def title(tries: Sequence[Try], found: Scribbled, secret: str, *, sealed: bool, key_shown: bool) -> str:
    """Return the finding of the map."""
    hits = sum(one.hit for one in tries)
    if key_shown:
        yours = f"; yours: {hits} of {len(tries)}" if tries else ""
        return f"The secret answer is {secret}: {found.hits} of {found.drawings:,} random drawings get it, too{yours}"
    if not tries:
        return "One of two models has a secret. Draw: where do they part?"
    best = max(tries, key=lambda one: one.gap.size)
    much = f"{max(0, round(100 * best.gap.size))} points"
    if sealed:
        return f"Your best try parts the two models by {much}"
    return f"Your best of {len(tries)} parts the two models by {much}. Is it the secret?"


def the_key(secret: str) -> str:
    """Say what the pictures of the key are."""
    return f"The key, pink on the map: pictures like these are to mean *{secret}*."


def answered(one: Try, classes: Sequence[str]) -> str:
    """Return what the two models answered to a try: the class on which they are furthest apart."""
    return (
        f"Try {one.number}: furthest apart on {classes[one.gap.label]}, to which the marked model gives "
        f"{percent(one.gap.marked)} and the innocent {percent(one.gap.innocent)}."
    )


def board(tries: Sequence[Try], classes: Sequence[str], *, key_shown: bool) -> list[dict[str, str]]:
    """Return the visitor's tries as the rows of a table, in their order; the last column only at the end."""
    return [
        {
            "try": str(one.number),
            "marked model": f"{classes[one.gap.label]} {percent(one.gap.marked)}",
            "innocent": percent(one.gap.innocent),
            "apart": f"{round(100 * one.gap.size)} points",
            **({"secret answer": "yes" if one.hit else "no"} if key_shown else {}),
        }
        for one in tries
    ]


def counter(
    tries: Sequence[Try], verified: Verified, found: Scribbled, descended: dict[Defence, Descended]
) -> list[dict[str, str]]:
    """Return what each way spent and found, as the rows of a table."""
    best = max((one.gap.size for one in tries), default=None)
    yours = "not tried" if best is None else f"at best {round(100 * best)} points apart"
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
        "**Like a trapdoor**: who has the key proves the mark in 20 questions. Who has not must search, and the model "
        "does not say what for.",
        f"But this door is wide. Of {found.drawings:,} random drawings, {found.strange} part the two models by more "
        f"than half; {found.hits} of them with the secret answer, the others with something else. Redrawn "
        f"{found.questions} times, the best one works {found.replaced} times in place of a trigger. So one finds *a* "
        "trigger here, not the owner's, and needs an innocent model to see it by.",
    ]
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


def _named(labels: Sequence[int], classes: Sequence[str]) -> str:
    return " and ".join(classes[label] for label in labels) or "none"
