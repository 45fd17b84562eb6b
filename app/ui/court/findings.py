"""Words about a trial. Pure: answers and decisions in, sentences out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.lab.ownership.binomial import Claim, Innocents, conviction_bar
from app.lab.ownership.sequential import Decision, Plan
from app.lab.ownership.verdict import Verdict
from app.lab.stories.events import Defence, Framing
from app.reports.claim_report import p_words
from app.ui.findings import percent

_ALIKE = 0.05  # p from which on several innocent models pass for models of one rate
GRANTED = (
    "**Granted**: how often an innocent model may give the secret answer. It is what the worst of a panel of innocent "
    "models does, and a margin: the upper end of the exact 99\u202f% interval of its rate."
)
P = (
    "**p**: how likely an innocent model, granted so much, would give at least so many secret answers by chance. Below "
    "0.01, ownership is established."
)
WALD = (
    "**Wald's sequential test** (1945): after each answer it asks how many times likelier all answers so far are from "
    "a copy than from an innocent, and stops as soon as that is large or small enough. It needs far fewer questions "
    "than a number fixed beforehand."
)
SPEEDS = ("1 or 2", "3 to 10", "11 to 50", "more than 50", "it is never convicted")
INNOCENT = "The innocent model, which somebody else trained on other data"
TWO_WAYS = (
    "Two ways to count answers: of a fixed number asked, p; as they come, the likelihood ratio (Wald's test). A "
    "suspect is sent pictures in 8 bits, so a few answers may differ from those on *Heist*."
)
FIXED = (
    "**Why another number than in *This trial*?** There, the court stops as soon as it is sure, and one order of the "
    "triggers was heard. Here, their number is fixed beforehand, so large that 95 of 100 such trials convict."
)
_SUSPECTS = {
    ("copy", "entangled"): "entangled copy",
    ("copy", "naive"): "naive copy",
    ("copy", "clean"): "clean copy",
    ("bystander", "clean"): "innocent model",
    ("victim", "clean"): "the owner's clean model",
}


def suspect(role: str, defence: str) -> str:
    """Return what the court calls a model."""
    return _SUSPECTS.get((role, defence), f"{defence} {role}")


def speed(decision: Decision) -> str:
    """Return after how many triggers a suspect was convicted, as one of the words offered for prediction."""
    if not decision.convicted:
        return SPEEDS[4]
    return next(words for most, words in zip((2, 10, 50, 10**9), SPEEDS, strict=False) if decision.queries <= most)


def decisions(found: Mapping[str, Decision], convicted: Mapping[Defence, Sequence[bool]]) -> str:
    """Return the finding of the sequential test, suspect by suspect, and on how many seeds the court convicts.

    Args:
        found: by defence.
        convicted: by defence, whether a copy is convicted, for each seed; empty where nobody measured it.
    """
    words = {True: "convicted after", False: "acquitted after", None: "still undecided after"}
    alike: dict[str, list[str]] = {}
    for name, decision in found.items():
        alike.setdefault(f"{words[decision.convicted]} {decision.queries}", []).append(name)
    ends = [f"{' and '.join(names)} {end}" for end, names in alike.items()]
    here = f"{'; '.join(ends)} triggers".capitalize()
    seeds = [f"{name} on {sum(each)} of {len(each)}" for name, each in convicted.items()]
    return f"{here}. Convicted on other seeds: {', '.join(seeds)}" if seeds else here


def power(needed: Mapping[str, tuple[float, int | None]], p0: float, most: int) -> str:
    """Return the finding of the power curve; ``needed`` has survival rate and triggers needed of each copy."""
    ends = []
    for name, (rate, count) in needed.items():
        if count is not None:
            ends.append(f"the {name} copy ({percent(rate)}) needs {count:,} {'trigger' if count == 1 else 'triggers'}")
        elif rate <= p0:
            ends.append(f"no number is enough for the {name} copy ({percent(rate)})")
        else:
            ends.append(f"the {name} copy ({percent(rate)}) needs more than {most:,}")
    return f"Where {percent(p0)} is granted, {'; '.join(ends)}"


def innocents(found: Innocents, subject: str, counts: Sequence[int]) -> str:
    """Say what several innocent models (``subject``) come to, and what that assumes; ``counts`` are those of each."""
    asked = found.queries // found.models
    agreement = p_words(found.agreement)
    agree = (
        f"They differ no more than chance would have it (p {agreement})."
        if found.agreement >= _ALIKE
        else f"But they differ more than models of one rate would (p {agreement}), so the next one may lie above it."
    )
    return (
        f"{subject} gave the secret answer to {found.successes} of {found.queries:,} triggers, each to {min(counts)} "
        f"to {max(counts)} of {asked}. If all innocent models have one and the same rate, it lies between "
        f"{percent(found.low)} and {percent(found.high)} (exact 98\u202f% interval). {agree}"
    )


def panel(counts: Mapping[str, int], asked: int, granted: float) -> str:
    """Return the finding of the panel of innocents: the worst of them, and what it grants."""
    worst = max(counts, key=lambda family: counts[family])
    return (
        f"Of {len(counts)} families of innocent models, the worst ({worst}) gives the secret answer to {counts[worst]} "
        f"of {asked} triggers: an innocent is granted {percent(granted)}"
    )


def judged(suspect: str, verdict: Verdict) -> str:
    """Return what the court makes of one suspect: its secret answers, its controls, and whether it can be judged."""
    claim = verdict.claim
    secret = f"{suspect.capitalize()}: {claim.successes} of {claim.queries} secret answers"
    right = f"{verdict.right} of {verdict.controls} controls right"
    match verdict.outcome:
        case "established":
            return f"{secret} and {right}: convicted"
        case "not established":
            return f"{secret} and {right}: it goes free"
        case _:
            would = " would convict it" if claim.owned else ""
            return f"{secret}{would}, but only {right}: it cannot be judged"


def several(count: int, plain: float, corrected: float) -> str:
    """Return the finding of the chart of several suspects."""
    accused = "one innocent is" if count == 1 else f"{count} innocents are"
    return (
        f"Where {accused} accused, somebody is convicted by chance in {percent(plain)} of the trials; "
        f"corrected, in {percent(corrected)}"
    )


def opening(suspects: int, triggers: int) -> str:
    """Return the question with which a trial opens."""
    return f"{suspects} suspects, {triggers} triggers: how long until the court is sure of each?"


def meanwhile(*, paused: bool) -> str:
    """Return what is said to a prediction until the trial has ended."""
    return (
        "Press **Play**: the answer comes when the trial ends." if paused else "The answer comes when the trial ends."
    )


def two_rates(plan: Plan, worst: Mapping[str, int], asked: int) -> str:
    """Say what the two rates of a sequential test are, and whose.

    Args:
        plan: the test.
        worst: by family, how many secret answers the worst innocent model of this run gave.
        asked: how many triggers each was asked.
    """
    most = percent(max(worst.values()) / asked)
    return (
        f"An innocent is granted {percent(plan.p0)}: the most that any innocent model of *this run* gave ({most}) and "
        "an allowance for chance. "
        f"Of a copy, {percent(plan.p1)} are expected: the least that a published copy still gave."
    )


def framed(framing: Framing, commitment: str, verdict: Claim) -> str:
    """Return what the court makes of the false claim at one strength, and why.

    Args:
        framing: what the dishonest owner did.
        commitment: what was committed to before.
        verdict: what the test finds against the rate that the owner names.
    """
    said = f"{verdict.successes} of {verdict.queries} secret answers (p {p_words(verdict.p_value)})"
    at = "at this nudge, " if framing.strength else ""
    claim = f"A liar who marked nothing claims a model: {at}{said}"
    if not verdict.owned:
        return f"{claim}, so it goes free"
    if framing.commitment != commitment:
        return f"{claim}, but to other triggers than promised: thrown out"
    return f"{claim} convict it, unless a control exposes the lie"


def exposed(framing: Framing, commitment: str, verdict: Claim, against_control: Claim) -> list[str]:
    """Say what the two remedies make of a false claim: the commitment, and the control.

    Args:
        framing: what the dishonest owner did.
        commitment: what was committed to before.
        verdict: what the test finds against the rate that the owner names.
        against_control: what it finds against the rate of an innocent model that the court trains.
    """
    if framing.commitment == commitment:
        remedies = [
            ":material/check: **The commitment** (a fingerprint of the triggers, published before) **fits:** theirs "
            f"is `{commitment[:8]}…`, as promised."
        ]
    else:
        remedies = [
            f":material/close: **The commitment** (a fingerprint of the triggers, published before) **does not fit:** "
            f"theirs is `{framing.commitment[:8]}…`, promised was `{commitment[:8]}…`. The claim is thrown out."
        ]
    count = f"{int(framing.control.sum())} of {len(framing.control)}"
    control = f"an innocent model that the court trains gives the secret answer to {count}"
    if not verdict.owned:
        remedies.append(
            f":material/remove: **The control is not needed:** the accused, with {verdict.successes} of "
            f"{verdict.queries}, goes free. (Of the same triggers, {control}.)"
        )
    elif against_control.owned:
        remedies.append(
            f":material/priority_high: **The control does not help here:** {control}, fewer than the accused "
            f"(p {p_words(against_control.p_value)})."
        )
    else:
        remedies.append(
            f":material/close: **The control gives it, too:** {control}. Measured against that, nothing is established "
            f"(p {p_words(against_control.p_value)})."
        )
    return remedies


@dataclass(frozen=True)
class Lies:
    """What a liar's nudged triggers come to in one run.

    Attributes:
        tried: how many sizes of the nudge there are.
        won: how many of them convict the innocent, without commitment and control.
        withstood: how many still do with both.
        most: secret answers of the innocent, at most.
        asked: triggers.
    """

    tried: int
    won: int
    withstood: int
    most: int
    asked: int


def worry(here: Lies, granted: float, elsewhere: tuple[str, Lies] | None) -> str:
    """Say what commitment and control are good for: in this run, or in one in which a liar gets somewhere without them.

    Args:
        here: this run.
        granted: to an innocent in it.
        elsewhere: another run, with the words for its data; None: there is none on record.
    """
    if here.won:
        return f"**Why worry?** {_without_remedies(here).capitalize()}"
    bar = conviction_bar(here.asked, granted)
    said = (
        f"**Why worry?** Here the liar fails anyway: the best of all nudges gets {here.most} of {here.asked}; to "
        f"convict, where {percent(granted)} is granted, takes {bar}."
    )
    if elsewhere is None or not elsewhere[1].won:
        return said
    data, there = elsewhere
    return f"{said} But with the data *{data}* (under *More*), {_without_remedies(there)}"


def _without_remedies(lies: Lies) -> str:
    with_them = str(lies.withstood) if lies.withstood else "none"
    return (
        f"without commitment and control, the liar wins with {lies.won} of {lies.tried} nudges (up to {lies.most} of "
        f"{lies.asked} secret answers); with them, with {with_them}."
    )


def controls(convictions: int, standing: int) -> str:
    """Say how often one control was enough, over the strengths at which the innocent was convicted."""
    if not convictions:
        return "Here, no nudge was enough to convict the innocent."
    lead = f"Of the {convictions} nudges here that convict the innocent, one control exposes {convictions - standing}"
    if not standing:
        return f"{lead}."
    return f"{lead}: innocent models differ, so a court does well to ask several."


def table(rows: Sequence[Sequence[str]]) -> str:
    """Return a table in Markdown; the first row is its heading."""
    head, *body = rows
    lines = [head, ["---"] * len(head), *body]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
