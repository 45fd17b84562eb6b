"""The ways to answer that the lesson holds against one another, and what is recorded of an attack under each."""

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any, cast

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from app.lab.evidence.attack_table import POLICIES
from app.lab.experiment import Experiment
from app.lab.extraction import prediction_api
from app.lab.stories.events import TheftResult
from app.lab.stories.parts import policy as policy_of
from app.runs.job import Job
from app.ui import settings
from app.ui.history import History

YOURS = "yours"  # one that is none of those
_PARTS = ("answers", "top", "decimals", "reverse_sigmoid", "lies")


def parts(policy: str) -> dict[str, Any]:
    """Return the settings that a policy consists of."""
    plain = {field.name: field.default for field in fields(Experiment) if field.name in _PARTS}
    return {**plain, **POLICIES[policy]}


def of(experiment: Experiment) -> str:
    """Return the policy of an experiment, :data:`YOURS` if it is a visitor's own."""
    own = {name: getattr(experiment, name) for name in _PARTS}
    return next((policy for policy in POLICIES if parts(policy) == own), YOURS)


def compared(experiment: Experiment, recorded: Callable[[Experiment], Job | None]) -> dict[str, TheftResult]:
    """Return what the attack of an experiment ends in, by policy; those that nobody has run are left out.

    Args:
        experiment: the attack, with all that the thief has.
        recorded: finds the finished run of an experiment.
    """
    asked = {policy: replace(experiment, **parts(policy)) for policy in POLICIES}
    if of(experiment) == YOURS:
        asked[YOURS] = experiment
    runs = {policy: recorded(each) for policy, each in asked.items()}
    ended = {policy: History.of(run.events).finished for policy, run in runs.items() if run and run.status == "done"}
    return {policy: cast(TheftResult, finished.result) for policy, finished in ended.items() if finished is not None}


def one_answer(experiment: Experiment, recorded: Callable[[Experiment], Job | None]) -> dict[str, NDArray[np.float32]]:
    """Return, by policy, one answer to the thief: the one of those on record in which most is beside the top label.

    Args:
        experiment: the attack.
        recorded: finds the finished run of an experiment; of the one with all confidences, the answers are read.
    """
    under = {policy: replace(experiment, **parts(policy)) for policy in POLICIES}
    run = recorded(replace(experiment, **parts("confidences")))
    asked = [] if run is None or run.status != "done" else History.of(run.events).queries["clean"]
    if not asked:
        return {}
    answers = np.concatenate([each.answers for each in asked])
    telling = answers[np.sort(answers, axis=1)[:, -2].argmax()]
    return prediction_api.under({policy: policy_of(each) for policy, each in under.items()}, telling)


def choose(experiment: Experiment, policy: str) -> None:
    """Make a policy the visitor's, from a touch in a fragment: :func:`picked` then says that the page is to follow."""
    if policy in POLICIES:
        settings.change(experiment, **parts(policy))
        st.session_state["policy_picked"] = True


def picked() -> bool:
    """Return, once, whether a policy was chosen by :func:`choose`."""
    return bool(st.session_state.pop("policy_picked", False))


def control(experiment: Experiment) -> None:
    """Offer the policies; a visitor's own, made of the settings below *More*, is one of them while it lasts."""
    now = of(experiment)

    def changed() -> None:
        if st.session_state["policy"] in POLICIES:
            settings.change(experiment, **parts(st.session_state["policy"]))

    st.session_state["policy"] = now
    options = [*POLICIES, *([YOURS] if now == YOURS else [])]
    words = (
        "All confidences, some of their digits, or the top label alone. *Reverse sigmoid* bends the confidences so "
        "that a copy learns them badly, and keeps the top label. *Lies*: one top label in 200 is wrong on purpose."
    )
    st.selectbox("The API answers with", options, key="policy", on_change=changed, help=words)
