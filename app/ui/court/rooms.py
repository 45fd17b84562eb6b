"""The rooms of the court, one idea each; each shows a part of a :class:`~app.lab.stories.hearing.Hearing`."""

from collections.abc import Sequence

import streamlit as st

from app.lab import choices
from app.lab.experiment import PRESETS, Experiment
from app.lab.ownership import binomial, sequential
from app.lab.ownership.binomial import PAPERS_SIGNIFICANCE, SIGNIFICANCE, Claim
from app.lab.ownership.sequential import Decision, Plan
from app.lab.stories.events import DEFENCES, WATERMARKED, Defence, Framing, Role
from app.lab.stories.hearing import Hearing
from app.lab.stories.scene import HELD_OUT
from app.reports import claim_report
from app.ui import findings, frame, links, live, over_seeds, pictures, question, settings
from app.ui.court import charts as court_charts
from app.ui.court import findings as court_findings
from app.ui.court import hearing, own_suspect, strangers
from app.ui.court.findings import Lies
from app.ui.court.stage import Stage
from app.ui.pictures import Card

_SUSPECTS: dict[str, tuple[Role, Defence]] = {
    "innocent": ("bystander", "clean"),
    **{name: ("copy", name) for name in WATERMARKED},
}
_ASKED = "After how many triggers will the *entangled* copy be convicted?"
_HEARING = "hear"  # the key of the trial that is played
_SUSPECT = "judged"  # the key of the choice of a suspect
_FRAMED = "blobs"  # the preset in whose recorded run an innocent is framed
_MOST = 5000  # triggers, of the power curve
_MOST_SUSPECTS, _SUSPECTED = 50, 10  # suspects at most, and at first
_RATES = tuple(step / 100 for step in range(2, 101))


def this_trial(experiment: Experiment, trial: Hearing, stage: Stage) -> None:
    """One trigger after the other: when is the court sure? The vote is answered when the trial ends."""
    assert trial.exhibit is not None
    predicted, ended = question.about("court"), f"heard {experiment.key}"
    plan = _plan(trial)
    with stage.question:
        heard = plan is None or st.session_state.get(ended, False)
        paused = hearing.is_paused(_HEARING)
        predicted.ask(
            _ASKED,
            court_findings.SPEEDS,
            happened=_speed(trial, plan) if heard else None,
            meanwhile=court_findings.meanwhile(paused=paused),
        )
    if plan is None:
        with stage.picture:
            st.warning(
                f"An innocent model gives the secret answer so often that {findings.percent(trial.granted)} must be "
                "granted to an innocent: no copy could be distinguished from one. Try other triggers, or perturb them."
            )
        return
    ends: dict[str, Decision] = {
        name: sequential.decide(trial.secret(*model), plan) for name, model in reversed(_SUSPECTS.items())
    }
    measured = over_seeds.of_setting(experiment)
    convicted = {name: measured[name].convicted for name in reversed(WATERMARKED) if measured}
    sealed = predicted.sealed()
    with stage.picture:
        hearing.hearing(
            trial.exhibit,
            {name: trial.answers[model] for name, model in _SUSPECTS.items()},
            choices.class_names(experiment.dataset),
            plan,
            asks=court_findings.opening(len(_SUSPECTS), len(trial.exhibit.inputs)),
            says=court_findings.decisions(ends, convicted),
            key=_HEARING,
            sealed=sealed,
            paused=paused,
            heard=heard,
            on_heard=lambda: st.session_state.update({ended: True}),
        )
    st.caption(
        f"Up: how many times likelier the answers are from a copy than from an innocent. "
        f"{court_findings.two_rates(plan, trial.innocent_successes, len(trial.exhibit.inputs))} "
        f"{court_findings.INNOCENT}, is the control. Over seeds: all triggers at once. {court_findings.TWO_WAYS}",
        help=f"{court_findings.WALD}\n\n{court_findings.P}\n\n{court_findings.GRANTED}",
    )
    if not sealed:
        _why(trial, plan)


def power(experiment: Experiment, trial: Hearing, stage: Stage) -> None:
    """How many triggers a claim needs."""
    usual = findings.percent(trial.granted)
    grants = {f"{usual}, as here": trial.granted, **{findings.percent(p0): p0 for p0 in (0.01, 0.02, 0.05, 0.1)}}
    with stage.controls:
        chosen = st.segmented_control(
            "An innocent is granted",
            sorted(grants, key=lambda words: grants[words]),
            key="grant",
            bind=links.one_of("grant", grants, f"{usual}, as here"),
            default=f"{usual}, as here",
            required=True,
            help=court_findings.GRANTED,
        )
    p0 = grants[chosen]
    rates: dict[str, float] = {name: float(trial.secret("copy", name).mean()) for name in WATERMARKED}
    needed = binomial.power_curve([*rates.values(), *_RATES], p0, _MOST)
    copies = {name: (rate, count) for (name, rate), count in zip(rates.items(), needed, strict=False)}
    figure = court_charts.power(_RATES, needed[len(rates) :], copies, _MOST)
    with stage.picture:
        frame.figure(court_findings.power(copies, p0, _MOST), figure, "power", of=chosen)
    with stage.controls:
        st.markdown(court_findings.FIXED)
    st.caption("So many triggers convict with 95\u202f% certainty, by the exact binomial test at 99\u202f% confidence.")
    with st.expander("Who says what an innocent may do?"):
        own_suspect.panel(trial)
        asked = len(trial.secret("victim", "clean"))
        st.markdown(
            f"This court grants {usual}: the upper end of the exact interval of *one* model, the worst of several "
            "families that were fitted to the owner's inputs with their true labels. Is that enough?"
        )
        roles: tuple[Role, ...] = ("victim", "copy", "bystander")
        counts = [int(trial.secret(role, "clean").sum()) for role in roles]
        _pooled("Here, the owner's clean model, its copy and the innocent one", counts, asked)
        if measured := over_seeds.of_setting(experiment):
            seen = measured["clean"].measures["stolen_watermark"]
            subject = f"The copies of {len(seen)} clean models, each with a seed and triggers of its own,"
            _pooled(subject, [round(share * HELD_OUT) for share in seen], HELD_OUT)


def several(_: Experiment, trial: Hearing, stage: Stage) -> None:
    """The more are accused, the likelier an innocent is convicted."""
    asked, p0 = len(trial.secret("victim", "clean")), trial.granted
    chances = {
        how: [binomial.accusing_an_innocent(m, asked, p0, corrected=fixed) for m in range(1, _MOST_SUSPECTS + 1)]
        for how, fixed in (("each at 1\u202f%", False), ("corrected (Holm)", True))
    }
    with stage.controls:
        bound = links.between("suspects", 1, _MOST_SUSPECTS, _SUSPECTED)
        count = st.slider("How many are accused?", 1, _MOST_SUSPECTS, _SUSPECTED, key="suspects", bind=bound)
    plain, corrected = (curve[count - 1] for curve in chances.values())
    suspects: list[tuple[Role, Defence]] = [*(("copy", name) for name in reversed(DEFENCES)), ("bystander", "clean")]
    found = [_tested(trial, *model) for model in suspects]
    accused = max(count, len(found))
    adjusted = binomial.holm([verdict.p_value for verdict in found] + [1.0] * (accused - len(found)))
    rows = [["suspect", "secret answers", "p", f"p, for {accused}"]]
    for model, verdict, raised in zip(suspects, found, adjusted, strict=False):
        sign = "✗" if raised < SIGNIFICANCE else "✓"
        secret = f"{verdict.successes} of {verdict.queries}"
        p, p_raised = (claim_report.p_words(value).removeprefix("= ") for value in (verdict.p_value, raised))
        rows.append([f"{sign} {court_findings.suspect(*model)}", secret, p, p_raised])
    with stage.picture:
        frame.figure(court_findings.several(count, plain, corrected), court_charts.several(chances, count), "several")
        with st.container(key="narrow_several"):  # its rows: see page.css
            st.markdown(court_findings.table(rows))
    st.caption(
        "✗ convicted, ✓ goes free. Holm's correction multiplies the smallest "
        f"of {accused} p-values by {accused}, the next by {accused - 1}, and so on: then at most 1 trial in 100 "
        f"convicts anybody innocent. {court_findings.INNOCENT}.",
        help=court_findings.P,
    )


def judged(experiment: Experiment, trial: Hearing, stage: Stage) -> None:
    """Controls among the triggers: who answers them badly can be neither convicted nor cleared."""
    found = strangers.heard(experiment, trial)
    verdicts = {name: strangers.judged(experiment, trial, answers) for name, answers in found.items()}
    with stage.controls:
        chosen = st.radio("The suspect", list(found), key=_SUSPECT, format_func=str.capitalize)
    with stage.picture:
        strangers.draw(experiment, trial, verdicts, chosen, on_pick=_pick)
        strangers.questions(experiment, trial, found[chosen])
    st.markdown(verdicts[chosen].reason)
    frame.explain(
        "A claim says how often a *model of the task* gives the secret answer. One that always says the same, or that "
        f"guesses, may give any number of them. So {len(trial.exhibit.control_labels) if trial.exhibit else 0} "
        "ordinary inputs, whose true class is known, are mixed among the triggers, and nobody can tell which is which: "
        "a thief who fails them on purpose sells a copy that is no good, and a suspect who fails them goes neither "
        "convicted nor cleared."
    )


def _pick(suspect: str) -> None:
    st.session_state[_SUSPECT] = suspect


def false_claim(_: Experiment, trial: Hearing, stage: Stage) -> None:
    """A dishonest owner frames an innocent, and what exposes the fraud."""
    assert trial.exhibit is not None
    by_strength = {event.strength: event for event in trial.framings}
    convictions = [event for event in trial.framings if _framed(trial, event).owned]
    with stage.controls:
        chosen = st.select_slider(
            "The dishonest owner nudges each value of a trigger by at most",
            list(by_strength),
            value=convictions[0].strength if convictions else trial.framings[-1].strength,
            key="strength",
        )
    framing = by_strength[chosen]
    accused = _framed(trial, framing)
    with stage.picture:
        figure = court_charts.framing(trial.framings, framing, trial.granted)
        finding = court_findings.framed(framing, trial.exhibit.commitment, accused)
        frame.figure(finding, figure, "framing")
        nudged = [Card(pictures.png(picture)) for picture in framing.inputs]
        pictures.strip(nudged, alt="A few of the nudged triggers.", key="nudged")
        for words in court_findings.exposed(framing, trial.exhibit.commitment, accused, _against_control(framing)):
            st.markdown(words)
    stand = sum(_against_control(event).owned for event in convictions)
    with stage.controls:
        st.markdown(court_findings.worry(_lies(trial), trial.granted, _lies_elsewhere()))
    frame.explain(
        "Nothing was marked. The owner nudged the triggers until *their own* clean model gave the secret answer; a "
        "model that somebody else trained on other data follows, since models of one task resemble each other "
        "([Liu et al. 2024](https://arxiv.org/abs/2304.06607)).",
        "A **commitment** is a hash (SHA-256) of salt, triggers and labels, published before the model. It shows "
        "*what* was fixed; *when*, only if others kept it with a date. And it stops only a later choice: who "
        "nudges *before* the commitment can be exposed by **controls** alone.",
        court_findings.controls(len(convictions), stand),
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
        rows = [["suspect", "secret answers", "exact p", "t-test p"]]
        for name, model in reversed(_SUSPECTS.items()):
            verdict = _tested(trial, *model)
            t = binomial.t_test(verdict.successes, verdict.queries, verdict.innocent_rate)
            p, p_t = (claim_report.p_words(value).removeprefix("= ") for value in (verdict.p_value, t))
            at_99, at_95 = (verdict.owned_at(level) for level in (SIGNIFICANCE, PAPERS_SIGNIFICANCE))
            sign = "✗" if at_99 else "(✗)" if at_95 else "✓"
            rows.append([f"{sign} {name}", f"{verdict.successes} of {verdict.queries}", p, p_t])
        st.markdown(court_findings.table(rows))
        st.caption(
            "✗ established at 99\u202f%, (✗) only at the paper's 95\u202f%, ✓ at neither, by the exact binomial test.",
            help=court_findings.P,
        )
        real = binomial.t_test_false_alarms(verdict.queries, plan.p0)
        exact = binomial.false_alarms(verdict.queries, plan.p0, PAPERS_SIGNIFICANCE)
        st.markdown(
            f"At the paper's level, 95\u202f%, both promise to convict at most 5\u202f% of the innocents. Answers are "
            f"0 or 1 and {findings.percent(plan.p0)} is small: the t-test really convicts {findings.percent(real)}, "
            f"the exact one {findings.percent(exact)}. A copy that knows little of the mark may be acquitted above, "
            "where the court asks *is it nearer to a copy or to an innocent?*, and all triggers still tell it from an "
            "innocent."
        )


def _pooled(subject: str, counts: Sequence[int], asked: int) -> None:
    st.markdown(court_findings.innocents(binomial.innocents(counts, asked), subject, counts))


def _speed(trial: Hearing, plan: Plan | None) -> str:
    """Return after how many triggers the entangled copy is convicted, in the words offered for prediction."""
    if plan is None:
        return court_findings.speed(Decision(None, 0))
    return court_findings.speed(sequential.decide(trial.secret(*_SUSPECTS["entangled"]), plan))


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


def _lies(trial: Hearing) -> Lies:
    """Return what a liar comes to in a run, without the remedies and with them."""
    assert trial.exhibit is not None
    promised = trial.exhibit.commitment
    won = [event for event in trial.framings if _framed(trial, event).owned]
    return Lies(
        tried=sum(event.commitment != promised for event in trial.framings),
        won=len(won),
        withstood=sum(event.commitment == promised and _against_control(event).owned for event in won),
        most=max(int(event.accused.sum()) for event in trial.framings),
        asked=len(trial.exhibit.inputs),
    )


def _lies_elsewhere() -> tuple[str, Lies] | None:
    """Return the same of the recorded run in which a liar needs to be stopped, and what its data are."""
    trial = live.on_record(PRESETS[_FRAMED], "trial")
    if trial is None or trial.status != "done":
        return None
    return settings.wording(_FRAMED), _lies(Hearing.of(trial.events))


def _against_control(framing: Framing) -> Claim:
    allowed = binomial.innocent_rate(int(framing.control.sum()), len(framing.control))
    return binomial.claim(int(framing.accused.sum()), len(framing.accused), allowed)
