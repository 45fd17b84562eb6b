"""The rooms of the court, one idea each; each shows a part of a :class:`~app.lab.stories.trial.Hearing`."""

from collections.abc import Sequence

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from app.lab import choices, variation
from app.lab.evidence import survival
from app.lab.experiment import Experiment
from app.lab.ownership import binomial, questionnaire, sequential
from app.lab.ownership.binomial import Claim
from app.lab.ownership.sequential import Decision, Plan
from app.lab.stories.events import DEFENCES, WATERMARKED, Defence, Exhibit, Framing, Role
from app.lab.stories.scene import HELD_OUT
from app.lab.stories.trial import Hearing
from app.reports import claim_report, kit
from app.ui import findings, frame, over_seeds, pictures, question
from app.ui.court import charts as court_charts
from app.ui.court import findings as court_findings
from app.ui.court import hearing
from app.ui.pictures import Card

_SUSPECTS: dict[str, tuple[Role, Defence]] = {
    "clean": ("bystander", "clean"),
    **{name: ("copy", name) for name in WATERMARKED},
}
_MOST = 5000  # triggers, of the power curve
_MOST_SUSPECTS = 50
_RATES = tuple(step / 100 for step in range(2, 101))
_FORM_MEGABYTES = 1
_SHOWN = 8


def this_trial(experiment: Experiment, trial: Hearing) -> None:
    """One trigger after the other: when is the court sure?"""
    assert trial.exhibit is not None
    predicted = question.about("court", experiment.key)
    predicted.ask("After how many triggers will the *entangled* copy be convicted?", court_findings.SPEEDS, known=True)
    if predicted.sealed():
        _exhibit(trial.exhibit)
        predicted.offer()
        return
    plan = _plan(trial)
    if plan is None:
        st.warning(
            f"The clean model gives the secret answer so often that {findings.percent(trial.granted)} must be granted "
            "to an innocent: no copy could be distinguished from one. Try other triggers, or perturb them."
        )
        return
    ends: dict[str, Decision] = {
        name: sequential.decide(trial.secret(*model), plan) for name, model in reversed(_SUSPECTS.items())
    }
    labels: dict[str, NDArray[np.int64]] = {name: trial.answers[model] for name, model in _SUSPECTS.items()}
    with frame.picture("hearing"):
        says = court_findings.decisions(ends)
        hearing.hearing(trial.exhibit, labels, plan, asks="How long until the court is sure?", says=says, key="hear")
    st.caption(
        f"Up: how many times likelier the answers are from a copy (secret answers to at least "
        f"{findings.percent(plan.p1)}) than from an innocent (at most {findings.percent(plan.p0)}). "
        "Clean, a model that somebody else trained on other data, is the control."
    )
    predicted.compare(court_findings.speed(ends["entangled"]))
    _why(trial, plan)


def power(experiment: Experiment, trial: Hearing) -> None:
    """How many triggers a claim needs."""
    usual = findings.percent(trial.granted)
    grants = {f"{usual}, as here": trial.granted, **{findings.percent(p0): p0 for p0 in (0.01, 0.02, 0.05, 0.1)}}
    chosen = st.select_slider(
        "An innocent is granted",
        sorted(grants, key=lambda words: grants[words]),
        key="grant",
        bind="query-params",
        value=f"{usual}, as here",
    )
    p0 = grants[chosen]
    rates: dict[str, float] = {name: float(trial.secret("copy", name).mean()) for name in WATERMARKED}
    needed = binomial.power_curve([*rates.values(), *_RATES], p0, _MOST)
    copies = {name: (rate, count) for (name, rate), count in zip(rates.items(), needed, strict=False)}
    spec = court_charts.power(_RATES, needed[len(rates) :], copies, _MOST)
    frame.figure(court_findings.power(copies, p0, _MOST), spec, "power")
    st.caption("So many triggers convict with 95\u202f% certainty, by the exact binomial test at 95\u202f% confidence.")
    with st.expander("Who says what an innocent may do?"):
        asked = len(trial.secret("victim", "clean"))
        st.markdown(
            f"This court grants {usual}: the upper end of the exact interval of *one* model, the worse of the owner's "
            f"clean one and its copy ({trial.clean_successes} of {asked}). Is that enough?"
        )
        roles: tuple[Role, ...] = ("victim", "copy", "bystander")
        counts = [int(trial.secret(role, "clean").sum()) for role in roles]
        _pooled("Here, these two and a bystander", counts, asked)
        found = over_seeds.rows()
        if not isinstance(found, str) and (measured := survival.find(found, experiment)):
            seen = measured["clean"].measures["stolen_watermark"]
            subject = f"The copies of {len(seen)} clean models, each with a seed and triggers of its own,"
            _pooled(subject, [round(share * HELD_OUT) for share in seen], HELD_OUT)


def several(_: Experiment, trial: Hearing) -> None:
    """The more are accused, the likelier an innocent is convicted."""
    asked, p0 = len(trial.secret("victim", "clean")), trial.granted
    chances = {
        how: [binomial.accusing_an_innocent(m, asked, p0, corrected=fixed) for m in range(1, _MOST_SUSPECTS + 1)]
        for how, fixed in (("each at 5\u202f%", False), ("corrected (Holm)", True))
    }
    count = st.slider("How many are accused?", 1, _MOST_SUSPECTS, 10, key="suspects", bind="query-params")
    plain, corrected = (curve[count - 1] for curve in chances.values())
    frame.figure(court_findings.several(count, plain, corrected), court_charts.several(chances, count), "several")
    suspects: list[tuple[Role, Defence]] = [*(("copy", name) for name in reversed(DEFENCES)), ("bystander", "clean")]
    found = [_tested(trial, *model) for model in suspects]
    accused = max(count, len(found))
    adjusted = binomial.holm([verdict.p_value for verdict in found] + [1.0] * (accused - len(found)))
    rows = [["suspect", "verdict", "secret answers", "p", f"p, for {accused}"]]
    for model, verdict, raised in zip(suspects, found, adjusted, strict=False):
        word = "✗ convicted" if raised < binomial.SIGNIFICANCE else "✓ goes free"
        secret = f"{verdict.successes} of {verdict.queries}"
        p, p_raised = (claim_report.p_words(value).removeprefix("= ") for value in (verdict.p_value, raised))
        rows.append([court_findings.suspect(*model), word, secret, p, p_raised])
    st.markdown(court_findings.table(rows))
    st.caption(
        "p: how likely an innocent gives so many secret answers by chance. Holm's correction multiplies the smallest "
        f"of {accused} p-values by {accused}, the next by {accused - 1}, and so on: then at most 1 trial in 20 "
        "convicts anybody innocent. The bystander is a model that somebody else trained on other data."
    )


def false_claim(_: Experiment, trial: Hearing) -> None:
    """A dishonest owner frames an innocent, and what exposes the fraud."""
    assert trial.exhibit is not None
    by_strength = {event.strength: event for event in trial.framings}
    convictions = [event for event in trial.framings if _framed(trial, event).owned]
    chosen = st.select_slider(
        "The dishonest owner nudges each value of a trigger by at most",
        list(by_strength),
        value=convictions[0].strength if convictions else trial.framings[-1].strength,
        key="strength",
    )
    framing = by_strength[chosen]
    accused = _framed(trial, framing)
    spec = court_charts.framing(trial.framings, framing, trial.granted)
    frame.figure(court_findings.framed(framing, accused), spec, "framing")
    nudged = [Card(pictures.png(picture)) for picture in framing.inputs]
    pictures.strip(nudged, alt="A few of the nudged triggers.", key="nudged")
    for words in court_findings.exposed(framing, trial.exhibit.commitment, accused, _against_control(framing)):
        st.markdown(words)
    stand = sum(_against_control(event).owned for event in convictions)
    frame.explain(
        "Nothing was marked. The owner nudged the triggers until *their own* clean model gave the secret answer; a "
        "model that somebody else trained on other data follows, since models of one task resemble each other "
        "([Liu et al. 2024](https://arxiv.org/abs/2304.06607)).",
        "A **commitment** is a hash (SHA-256) of salt, triggers and labels, published before the model. It shows "
        "*what* was fixed; *when*, only if others kept it with a date. And it stops only a later choice: who "
        "nudges *before* the commitment can be exposed by **controls** alone.",
        court_findings.controls(len(convictions), stand),
    )


def own_suspect(experiment: Experiment, trial: Hearing) -> None:
    """Ask any model anywhere, and bring its answers back."""
    assert trial.exhibit is not None
    shown, classes = trial.exhibit, choices.CLASSES[experiment.dataset]
    name = variation.preset_name(experiment)
    st.markdown(
        f"**1. Take the {len(shown.inputs)} triggers** to any model, wherever it runs. "
        f"**2. Write down** the class that it answers to each. **3. Bring the form back.** "
        "Nothing that you bring is kept."
    )
    with st.container(horizontal=True):
        st.download_button(
            "The triggers and a form",
            kit.archive(shown, classes, variation.command(experiment, "claim", "answers.csv")),
            f"triggers-{name}.zip",
            "application/zip",
            icon=":material/download:",
            type="primary",
            on_click="ignore",
            key="triggers",
        )
        st.download_button(
            "A form, filled in by the entangled copy",
            claim_report.answers_as_csv(trial.answers["copy", "entangled"]),
            "answers.csv",
            "text/csv",
            on_click="ignore",
            key="sample",
        )
    form = st.file_uploader(
        "The form, filled in (CSV: id,label)", type="csv", max_upload_size=_FORM_MEGABYTES, key="form"
    )
    if form is None:
        return
    try:
        answers = questionnaire.read_answers(form.getvalue(), len(shown.inputs), classes)
    except ValueError as mistake:
        st.error(str(mistake), icon=":material/warning:")
        return
    verdict = trial.verdict(answers)
    st.subheader(claim_report.sentence(verdict), anchor=False)
    st.markdown(
        f"It gave the secret answer, {shown.target}, to {verdict.successes} of {verdict.queries} triggers. An innocent "
        f"is granted {findings.percent(verdict.innocent_rate)}."
    )
    command = variation.command(experiment, "triggers", "--folder triggers")
    st.download_button(
        "The record of this claim",
        claim_report.page(experiment, shown, answers, verdict, trial.clean_successes, command),
        "claim.html",
        "text/html",
        icon=":material/description:",
        on_click="ignore",
        key="record",
    )


def _why(trial: Hearing, plan: Plan) -> None:
    innocent, guilty = (sequential.prospects(plan, rate) for rate in (plan.p0, plan.p1))
    frame.explain(
        f"Each secret answer speaks for a copy, each honest one against. At {1 / plan.alpha:.0f} times likelier the "
        f"suspect is convicted, at 1/{1 / plan.beta:.0f} acquitted: Wald's sequential test. Whenever one stops, "
        f"at most 1 innocent in {1 / plan.alpha:.0f} is convicted (here: {findings.percent(innocent.convicted)}). On "
        f"average an innocent is asked {innocent.queries:.0f} triggers, and a copy at {findings.percent(plan.p1)}, the "
        f"lowest survival published for this mark, {guilty.queries:.0f}.",
    )
    with st.expander("All triggers at once: the exact test, and the paper's t-test beside it"):
        rows = [["suspect", "secret answers", "exact binomial p", "t-test p", "at 95\u202f% confidence"]]
        for name, model in reversed(_SUSPECTS.items()):
            verdict = _tested(trial, *model)
            t = binomial.t_test(verdict.successes, verdict.queries, verdict.innocent_rate)
            p, p_t = (claim_report.p_words(value).removeprefix("= ") for value in (verdict.p_value, t))
            word = "✗ established" if verdict.owned else "✓ not established"
            rows.append([name, f"{verdict.successes} of {verdict.queries}", p, p_t, word])
        st.markdown(court_findings.table(rows))
        real = binomial.t_test_false_alarms(verdict.queries, plan.p0)
        exact = binomial.false_alarms(verdict.queries, plan.p0)
        st.markdown(
            f"Both promise to convict at most 5\u202f% of the innocents. Answers are 0 or 1 and "
            f"{findings.percent(plan.p0)} is small: the t-test really convicts {findings.percent(real)}, the exact one "
            f"{findings.percent(exact)}. A copy that knows little of the mark may be acquitted above, where the court "
            "asks *is it nearer to a copy or to an innocent?*, and all triggers still tell it from an innocent."
        )


def _pooled(subject: str, counts: Sequence[int], asked: int) -> None:
    st.markdown(court_findings.innocents(binomial.innocents(counts, asked), subject, counts))


def _plan(trial: Hearing) -> Plan | None:
    try:
        return Plan(trial.granted)
    except ValueError:
        return None


def _tested(trial: Hearing, role: Role, defence: Defence) -> Claim:
    secret = trial.secret(role, defence)
    return binomial.claim(int(secret.sum()), len(secret), trial.granted)


def _framed(trial: Hearing, framing: Framing) -> Claim:
    return binomial.claim(int(framing.accused.sum()), len(framing.accused), trial.granted)


def _against_control(framing: Framing) -> Claim:
    allowed = binomial.innocent_rate(int(framing.control.sum()), len(framing.control))
    return binomial.claim(int(framing.accused.sum()), len(framing.accused), allowed)


def _exhibit(exhibit: Exhibit) -> None:
    """Show what the owner brings to court."""
    count = len(exhibit.inputs)
    st.subheader(f"{count} triggers that nobody trained on; the secret answer is {exhibit.target}", anchor=False)
    pictures.strip(
        [Card(pictures.png(picture)) for picture in exhibit.inputs[:_SHOWN]],
        alt=f"A few of the {count} triggers.",
        key="exhibit",
    )
