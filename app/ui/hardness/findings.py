"""Words about two networks and the searches for a difference. Pure: results in, sentences out."""

from collections.abc import Sequence

from app.lab.choices import HardProblem
from app.lab.hardness import SubsetSum, unit_of
from app.lab.hardness.satisfiability import HARDEST
from app.lab.stories.events import HardnessResult
from app.lab.stories.events.hardness import SearchResult
from app.lab.stories.hardness import Asked, Problem, Work, pace
from app.ui.hardness.charts import lasting, orders, picture, plural

# Each may be what is true; the first is what a tester would like to believe.
SETTLED, DIFFERENT, UNSETTLED = (
    "the same: the tests settle it",
    "not the same, on some setting",
    "the same, but tests cannot show it",
)
OPTIONS = (SETTLED, DIFFERENT, UNSETTLED)


def answer(result: HardnessResult, *, exhaustive: bool) -> str:
    """Return what is true of the two networks, as one of the words offered for prediction.

    Args:
        result: of their comparison.
        exhaustive: whether the random tests happened to be all inputs, as they are of a few input units.
    """
    if not result["equivalent"]:
        return DIFFERENT
    return SETTLED if exhaustive else UNSETTLED


def lead(problem: Problem) -> str:
    """Return what the lock is, and what is asked of it, in two dozen words."""
    if isinstance(problem, SubsetSum):
        count, opens = len(problem.numbers), "the numbers on add up to the target"
    else:
        count, opens = problem.variables, f"all {plural(len(problem.clauses), 'wish', 'wishes')} about switches are met"
    return (
        f"A lock with {plural(count, 'switch', 'switches')}: the owner's network A lights when {opens}. "
        "Is the suspect's B a copy?"
    )


def question(result: HardnessResult) -> str:
    """Return what is asked of the two networks, given what the random tests found."""
    return f"{sealed(result)}. {'Are they the same?' if result['differing'] else 'Does that settle it?'}"


def sealed(result: HardnessResult) -> str:
    """Return the title before the prediction: what random tests say."""
    if result["differing"]:
        return f"{result['differing']:,} of {result['tests']:,} random settings tell A from B"
    return f"{result['tests']:,} random settings: not one tells A from B"


def found(result: HardnessResult) -> str:
    """Return the title after the prediction: whether the two differ, and among how many settings."""
    settings = orders(2 ** result["inputs"])
    if result["witness"] is None:
        return f"The same: not one of {settings} settings tells A from B"
    return f"One question tells A from B: 1 setting of {settings}"


def meaning(result: HardnessResult, *, sealed: bool) -> str:
    """Return what the lock has to do with thieves."""
    asked = (
        "Was a network stolen? Ask both the same, and look for a difference. To compare them on every input takes too "
        "long."
    )
    if sealed:
        return asked
    if result["witness"] is None:
        return f"{asked} Here, a search has ruled out every difference; with large networks, none can."
    told = "" if result["differing"] else f", and {result['tests']:,} random tests did not tell"
    return (
        f"{asked} Here B is no copy{told}. So an owner plants a **mark**, as a maker builds in a combination, and asks "
        "for that: whoever knows it need not search."
    )


def networks(result: HardnessResult, hidden: int, *, sealed: bool) -> str:
    """Return the finding of the drawing of both networks: how small they are, and in what they differ."""
    units = f"{plural(result['inputs'], 'input unit')}, {hidden} hidden"
    if sealed:
        return f"The lock as a network: {units}, one output"
    if result["witness"] is None:
        return f"The lock as a network: {units}; B is the same on all {orders(2 ** result['inputs'])} inputs"
    return f"The lock as a network: {units}; this input tells A from B"


def asking(measured: Sequence[Asked], inputs: int) -> str:
    """Return the finding of the picture of the time that it takes to ask about every input."""
    size, ages = picture(measured)
    return f"Trying all: {lasting(2.0**inputs * pace(measured))}; for a {size} picture, {ages}"


def everyday(problem: Problem) -> str:
    """Return the question that a problem asks, in words that need no other course."""
    if isinstance(problem, SubsetSum):
        return (
            f"*Subset sum*: each input switches {_one_of(len(problem.numbers), 'number')} on. A says 1 when those that "
            "are on add up to exactly the target. Can they?"
        )
    return (
        f"*3-SAT*: each input is {_one_of(problem.variables, 'switch', 'switches')}. A says 1 when of "
        f"{plural(len(problem.clauses), 'wish (clause)', 'wishes (clauses)')} all are met; each names three switches, "
        "on or off, and one of them is enough. Can they?"
    )


def _one_of(count: int, one: str, many: str | None = None) -> str:
    return f"the one {one}" if count == 1 else f"one of {plural(count, one, many)}"


def witness(problem: Problem, result: HardnessResult) -> str:
    """Return the input that tells the networks apart, as what it is of the problem; nothing where there is none."""
    if (found := result["witness"]) is None:
        return ""
    if isinstance(problem, SubsetSum):
        chosen = [number for number, inside in zip(problem.numbers, found, strict=True) if inside]
        return f"It turns on {' + '.join(f'{number:,}' for number in chosen)} = {problem.target:,}."
    true = [f"x{place}" for place, value in enumerate(found, start=1) if value]
    return f"It makes {', '.join(true) or 'no variable'} true, and with that every clause."


def searches(found: Sequence[SearchResult]) -> list[dict[str, str]]:
    """Return searches as the rows of a table."""
    return [
        {
            "search": search["method"],
            "looked at": "not tried"
            if search["refused"]
            else f"{search['work']:,} {unit_of(search['work'], search['unit'])}",
            "seconds": "" if search["refused"] else f"{search['seconds']:.4f}",
            "why not": search["refused"],
        }
        for search in found
    ]


def growth(measured: Sequence[Work], kind: HardProblem, furthest: int = 40) -> str:
    """Return the finding of the picture of the work, for problems of one kind."""
    deepest = max(work.numbers for work in measured if work.method == "brute force")
    return (
        f"Brute force doubles with each {'number' if kind == 'subset sum' else 'variable'}: {orders(2**deepest)} "
        f"inputs at {deepest}, measured; {orders(2**furthest)} at {furthest}, if one waits"
    )


def measured_on(kind: HardProblem, bits: int) -> str:
    """Return what the work was measured on, and what its lines are."""
    problems = f"Subset sums without a solution, numbers of {bits} bits"
    if kind == "3-SAT":
        problems = f"Formulas that nothing satisfies, {HARDEST:g} clauses a variable, where they are hardest"
    return (
        f"{problems}: each search has to rule out everything. Solid: measured on this machine. Dotted: drawn on, not "
        "measured."
    )


STATEMENTS = (
    "**Do they differ?** is NP-complete: an input on which they differ is checked in one pass, and every subset-sum "
    "problem is such a pair of networks ([Jagielski et al. 2020](https://arxiv.org/abs/1909.01838); subset sum: Karp "
    "1972). **Are they equal?** is coNP-complete: the same question, answered the other way round.",
    "That is about the *worst* case. It does not say that typical networks are hard to compare, and the pairs drawn "
    "here are small enough to be solved.",
    "Subset sum is only *weakly* hard: the dynamic program looks at d · (S + 1) cells, few where the numbers are "
    "small. Longer numbers defeat it. A general solver (an integer program, by HiGHS) does not see that, and branches. "
    "3-SAT has no numbers to blame: its weights are −1, 0 and 1 (Cook 1971; for "
    "networks, [Katz et al. 2017](https://arxiv.org/abs/1702.01135)).",
    "And *equality is not extraction*: a thief needs a copy that agrees on what people ask, not on every input; that "
    "is cheap, as *Steal* shows. What can be hard is to be sure that a model answers nothing else in secret.",
)
