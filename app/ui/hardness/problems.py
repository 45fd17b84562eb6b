"""The problem on the page: typed by the visitor, or drawn."""

import numpy as np
import streamlit as st

from app.lab.choices import HARD_PROBLEMS
from app.lab.hardness import Formula, SubsetSum, satisfiability, subset_sum
from app.lab.hardness.satisfiability import Clause
from app.lab.quoting import quoted
from app.lab.stories.hardness import Problem
from app.ui.markdown import escaped

# The first problem of each kind is so large that random tests miss what tells the two apart, and that to ask about
# every input takes a while.
_COUNT, _BITS = 30, 30
_MOST_DRAWN = 24  # numbers or variables
_VARIABLES, _RATIO = 24, 4.25  # clauses a variable


def chosen() -> Problem:
    """Offer the problem in the rail; what is mistyped is said, and the last one that could be read stays."""
    kind = st.segmented_control("Made from", HARD_PROBLEMS, default=HARD_PROBLEMS[0], required=True, key="problem")
    return _sum() if kind == HARD_PROBLEMS[0] else _formula()


def command(problem: Problem) -> str:
    """Return the command line that compares the same networks."""
    if isinstance(problem, SubsetSum):
        numbers = ",".join(map(str, problem.numbers))
        return f"python -m app hardness --numbers {numbers} --target {problem.target}"
    clauses = "; ".join(",".join(map(str, clause)) for clause in problem.clauses)
    return f'python -m app hardness --clauses "{clauses}"'


def _sum() -> SubsetSum:
    usual = st.session_state.setdefault("subset_sum", _drawn_sum(0, _COUNT, _BITS, solvable=True))
    _keep("numbers", ", ".join(map(str, usual.numbers)))
    _keep("target", str(usual.target))
    numbers = st.text_input("Numbers", key="numbers", max_chars=800)
    target = st.text_input("Target", key="target", max_chars=20)
    try:
        st.session_state["subset_sum"] = SubsetSum(_whole(numbers), _one(target))
    except ValueError as mistake:
        st.warning(escaped(mistake))
    with st.popover("Draw one", icon=":material/casino:"):
        st.slider("How many numbers", 3, _MOST_DRAWN, _MOST_DRAWN, key="sum_count")
        st.slider("Bits of each", 3, 30, _MOST_DRAWN, key="sum_bits")
        st.button("A pair that differs", key="draw_differing", on_click=_draw_sum, kwargs={"solvable": True})
        st.button("A pair that is equal", key="draw_equal", on_click=_draw_sum, kwargs={"solvable": False})
    found: SubsetSum = st.session_state["subset_sum"]
    return found


def _draw_sum(*, solvable: bool) -> None:
    seed = st.session_state["draws"] = st.session_state.get("draws", 0) + 1
    drawn = _drawn_sum(seed, st.session_state["sum_count"], st.session_state["sum_bits"], solvable=solvable)
    st.session_state["numbers"] = ", ".join(map(str, drawn.numbers))
    st.session_state["target"] = str(drawn.target)


def _drawn_sum(seed: int, count: int, bits: int, *, solvable: bool) -> SubsetSum:
    return subset_sum.random_instance(count, bits, np.random.default_rng(seed), solvable=solvable)


def _formula() -> Formula:
    usual = st.session_state.setdefault("formula", _drawn_formula(0, _VARIABLES, _RATIO))
    _keep("clauses", _written(usual))
    clauses = st.text_area(
        "Clauses",
        key="clauses",
        max_chars=4000,
        height=120,
        help="Three literals a line: 1,-2,3 is x1 or not x2 or x3.",
    )
    try:
        read = [_whole(line) for line in clauses.replace(";", "\n").splitlines() if line.strip()]
        variables = max((abs(literal) for clause in read for literal in clause), default=0)
        st.session_state["formula"] = Formula(variables, tuple(_clause(clause) for clause in read))
    except ValueError as mistake:
        st.warning(escaped(mistake))
    with st.popover("Draw one", icon=":material/casino:"):
        st.slider("How many variables", 3, _MOST_DRAWN, _VARIABLES, key="formula_variables")
        st.slider("Clauses a variable", 1.0, 8.0, _RATIO, 0.25, key="formula_ratio", help="About 4.3 are hardest.")
        st.button("Draw", key="draw_formula", on_click=_draw_formula)
    found: Formula = st.session_state["formula"]
    return found


def _draw_formula() -> None:
    seed = st.session_state["draws"] = st.session_state.get("draws", 0) + 1
    drawn = _drawn_formula(seed, st.session_state["formula_variables"], st.session_state["formula_ratio"])
    st.session_state["clauses"] = _written(drawn)


def _drawn_formula(seed: int, variables: int, ratio: float) -> Formula:
    return satisfiability.random_formula(variables, round(variables * ratio), np.random.default_rng(seed))


def _written(formula: Formula) -> str:
    return "\n".join(",".join(map(str, clause)) for clause in formula.clauses)


def _clause(literals: tuple[int, ...]) -> Clause:
    if len(literals) != 3:
        raise ValueError(f"A clause has three literals, as in 1,-2,3; one has {len(literals)}.")
    one, two, three = literals
    return one, two, three


def _one(text: str) -> int:
    found = _whole(text)
    if len(found) != 1:
        raise ValueError(f"The target is one whole number; there is {quoted(text)}.")
    return found[0]


def _keep(key: str, usual: str) -> None:
    """Give a field its words, in every run: of a run that another overtakes, the browser may never hear."""
    st.session_state[key] = st.session_state.get(key, usual)


def _whole(text: str) -> tuple[int, ...]:
    try:
        return tuple(int(part) for part in text.replace(";", ",").split(",") if part.strip())
    except ValueError:
        raise ValueError(f"Write whole numbers with commas between; there is {quoted(text)}.") from None
