"""Words about two networks and the searches for a difference. Pure: results in, sentences out."""

from collections.abc import Sequence

from app.lab.hardness import SubsetSum
from app.lab.stories.events import HardnessResult
from app.lab.stories.hardness import Problem, Work
from app.ui.hardness.charts import orders

SAME, DIFFERENT, NEVER = "the same", "not the same", "nobody can tell"
OPTIONS = (SAME, DIFFERENT, NEVER)


def answer(result: HardnessResult) -> str:
    """Return what is true of the two networks, as one of the words offered for prediction."""
    return SAME if result["equivalent"] else DIFFERENT


def sealed(result: HardnessResult) -> str:
    """Return the title before the prediction: what random tests say."""
    if result["differing"]:
        return f"{result['differing']:,} of {result['tests']:,} random inputs tell these two networks apart"
    return f"{result['tests']:,} random inputs, and not one tells these two networks apart"


def verdict(problem: Problem, result: HardnessResult) -> str:
    """Return the finding: whether they differ, and on how many of how many inputs that shows."""
    witness = result["witness"]
    possible = 2 ** result["inputs"]
    if witness is None:
        return f"The same: 0 on all {orders(possible)} inputs. Random tests could never prove that"
    if isinstance(problem, SubsetSum):
        chosen = [number for number, inside in zip(problem.numbers, witness, strict=True) if inside]
        total = " + ".join(f"{number:,}" for number in chosen[:4]) + (" + …" if len(chosen) > 4 else "")
        return f"Not the same: {total} = {problem.target:,}. One input of {orders(possible)} gives it away"
    return f"Not the same: this assignment makes every clause true, one of {orders(possible)}"


def searches(result: HardnessResult) -> list[dict[str, str]]:
    """Return the searches as the rows of a table."""
    return [
        {
            "search": search["method"],
            "looked at": "not begun" if search["refused"] else f"{search['work']:,} {search['unit']}",
            "seconds": "" if search["refused"] else f"{search['seconds']:.4f}",
            "why not": search["refused"],
        }
        for search in result["searches"]
    ]


def growth(measured: Sequence[Work], furthest: int = 40) -> str:
    """Return the finding of the picture of the work."""
    deepest = max(work.numbers for work in measured if work.method == "brute force")
    return (
        f"Brute force doubles with each number: {orders(2**deepest)} inputs at {deepest}, measured; "
        f"{orders(2**furthest)} at {furthest}, if one waits"
    )


STATEMENTS = (
    "**Do they differ?** is NP-complete: an input on which they differ is checked in one pass, and every subset-sum "
    "problem is such a pair of networks ([Jagielski et al. 2020](https://arxiv.org/abs/1909.01838); subset sum: Karp "
    "1972). **Are they equal?** is coNP-complete: the same question, answered the other way round.",
    "That is about the *worst* case. It does not say that typical networks are hard to compare, and the pairs drawn "
    "here are small enough to be solved.",
    "Subset sum is only *weakly* hard: the dynamic program looks at d · (S + 1) cells, few where the numbers are "
    "small. Longer numbers defeat it. 3-SAT has no numbers to blame: its weights are −1, 0 and 1 (Cook 1971; for "
    "networks, [Katz et al. 2017](https://arxiv.org/abs/1702.01135)).",
    "And *equality is not extraction*: a thief needs a copy that agrees on what people ask, not on every input; that "
    "is cheap, as *Steal* shows. What can be hard is to be sure that a model answers nothing else in secret.",
)
