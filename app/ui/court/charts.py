"""Charts of the court, drawn as those of a run are: numbers in, a Plotly figure out."""

import math
from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from app.lab.ownership import binomial
from app.lab.ownership.binomial import SIGNIFICANCE
from app.lab.ownership.verdict import Verdict
from app.lab.stories.events import Framing
from app.ui import charts, findings, theme

WITNESSES = {  # of a false claim: the models that answer, and their looks
    "the liar's own model": theme.Mark("the liar's own model", theme.THIEF.colour, "x"),
    "the innocent accused": theme.Mark("the innocent accused", theme.GENUINE, "circle"),
    "control": theme.Mark("control", theme.COURT.colour, "diamond"),
}
_HEIGHT = 340
_NEAR = 0.12  # of the width: so near to a rule, words stand behind it
_GRANTED = "granted to an innocent"


def power(
    rates: Sequence[float], needed: Sequence[int | None], copies: Mapping[str, tuple[float, int | None]], most: int
) -> go.Figure:
    """Draw how many triggers a claim needs against how much of the mark survived, and where the copies lie."""
    curve = [(rate, count) for rate, count in zip(rates, needed, strict=True) if count is not None]
    ticks = [1, 10, 100, 1000]
    figure = go.Figure(
        layout={
            "height": _HEIGHT,
            "xaxis": charts.share("secret answers of the copy"),
            "yaxis": {
                "title": {"text": "triggers needed"},
                "type": "log",
                "range": [-0.08, math.log10(most)],
                "tickvals": ticks,
                "ticktext": [f"{tick:,}" for tick in ticks],
            },
        }
    )
    figure.add_scatter(
        name="needed to convict",
        x=[rate for rate, _ in curve],
        y=[count for _, count in curve],
        mode="lines",
        line={"width": 4, "color": theme.COURT.colour, "shape": "hvh"},
        hovertext=[f"{findings.percent(rate)} secret answers: {count:,} triggers" for rate, count in curve],
        hoverinfo="text",
        meta=charts.GHOSTED,
    )
    for defence, (rate, count) in copies.items():
        if count is not None:
            figure.add_scatter(
                name=f"{defence} copy",
                x=[rate],
                y=[count],
                mode="markers",
                marker=charts.marker(defence, 20),
                hovertext=[f"{defence} copy, {findings.percent(rate)} secret answers: {count:,} triggers"],
                hoverinfo="text",
            )
    return figure


def panel(counts: Mapping[str, int], asked: int, granted: float) -> go.Figure:
    """Draw how often each family of innocent models gives the secret answer; the worst stands out and sets the rule."""
    families = sorted(counts, key=lambda family: -counts[family])
    worst = counts[families[0]]
    most = min(1.0, max(0.1, 1.5 * granted))
    figure = go.Figure(
        layout={
            "height": 34 * len(families) + 90,
            "margin": {"t": 34},
            "showlegend": False,
            "xaxis": charts.share("secret answers to the triggers", high=most),
            "yaxis": {
                "categoryorder": "array",
                "categoryarray": families,
                "autorange": "reversed",
                "tickmode": "array",
                "tickvals": families,
            },
        }
    )
    charts.threshold(figure, "x", granted, _GRANTED, theme.COURT.colour, middle=most / 2)
    figure.add_scatter(
        name="innocents",
        x=[counts[family] / asked for family in families],
        y=families,
        mode="markers",
        marker={
            "size": 18,
            "color": [theme.COURT.colour if counts[family] == worst else theme.GENUINE for family in families],
        },
        hovertext=[f"{family}: {counts[family]} of {asked} secret answers" for family in families],
        hoverinfo="text",
    )
    return figure


def judged(found: Mapping[str, Verdict], chosen: str, fewest: int) -> go.Figure:
    """Draw how many controls each suspect answers right, and how many triggers secretly; the chosen one stands out.

    Left of the rule at ``fewest`` controls, a suspect cannot be judged; from the other rule on, it is convicted. The
    ``customdata`` are the names of the suspects.
    """
    suspects = list(found)
    some = found[chosen]
    figure = go.Figure(
        layout={
            "height": 42 * len(suspects) + 100,
            "margin": {"t": 34},
            "showlegend": False,
            "xaxis": {"title": {"text": "controls answered right"}, "domain": [0, 0.48]},
            "xaxis2": {"title": {"text": "secret answers to triggers"}, "domain": [0.54, 1]},
            "yaxis": {
                "categoryorder": "array",
                "categoryarray": suspects,
                "autorange": "reversed",
                "showgrid": False,
                "tickmode": "array",
                "tickvals": suspects,
                "ticktext": [f"<b>{name}</b>" if name == chosen else name for name in suspects],
            },
        }
    )
    bar = binomial.conviction_bar(some.claim.queries, some.claim.innocent_rate)
    parts = (
        ("x", "controls", theme.COURT.colour, some.controls, fewest, f"judged from {fewest} on"),
        ("x2", "triggers", theme.TRIGGER.colour, some.claim.queries, bar, f"convicted from {bar} on"),
    )
    for axis, kind, colour, asked, least, words in parts:
        counts = [one.right if kind == "controls" else one.claim.successes for one in found.values()]
        said = "right" if kind == "controls" else "secret answers"
        figure.add_bar(
            name=kind,
            orientation="h",
            x=counts,
            y=suspects,
            xaxis=axis,
            marker={"color": colour, "opacity": [1 if name == chosen else 0.4 for name in suspects]},
            customdata=suspects,
            hovertext=[
                f"{name}, {kind}: {count} of {asked} {said}" for name, count in zip(suspects, counts, strict=True)
            ],
            hoverinfo="text",
        )
        figure.add_scatter(
            # Beside the rule, not on it.
            x=[least if 0 <= least - count < _NEAR * asked else count for count in counts],
            y=suspects,
            xaxis=axis,
            mode="text",
            text=[f" <b>{count}</b>" for count in counts],
            textposition="middle right",
            cliponaxis=False,
            **charts.SILENT,
        )
        figure.update_layout({"xaxis" if axis == "x" else "xaxis2": {"range": [0, 1.12 * asked]}})
        line = {"color": theme.COURT.colour, "width": 2, "dash": "dash"}
        figure.add_shape(type="line", xref=axis, x0=least, x1=least, yref="paper", y0=0, y1=1, line=line)
        figure.add_annotation(
            xref=axis,
            x=least,
            yref="paper",
            y=1,
            xanchor="left",
            yanchor="bottom",
            text=f"<b>{words}</b>",
            showarrow=False,
        )
    return figure


def several(chances: Mapping[str, Sequence[float]], chosen: int) -> go.Figure:
    """Draw the chance that an innocent is convicted against the number of suspects; ``chances`` by procedure."""
    most = max(len(curve) for curve in chances.values())
    highest = max(max(curve) for curve in chances.values())
    figure = go.Figure(
        layout={
            "height": 230,
            "xaxis": {"title": {"text": "innocents accused"}, "range": [0, most + 1]},
            "yaxis": charts.share("somebody is convicted", high=math.ceil(10 * highest) / 10),
        }
    )
    words = f"promised: at most {findings.percent(SIGNIFICANCE)}"
    charts.threshold(figure, "y", SIGNIFICANCE, words, theme.COURT.colour, late=True)
    looks = ((theme.THIEF.colour, "square"), (theme.COURT.colour, "circle"))
    for (how, curve), (colour, symbol) in zip(chances.items(), looks, strict=True):
        numbers = list(range(1, len(curve) + 1))
        figure.add_scatter(
            name=how,
            x=numbers,
            y=list(curve),
            mode="lines+markers",
            line={"width": 3, "color": colour},
            marker={
                "color": colour,
                "symbol": symbol,
                "size": [18 if number == chosen else 0 for number in numbers],
                "opacity": 1,
                "line": {"width": 0},
            },
            hovertext=[
                f"{how}, {number} accused: {findings.percent(chance)}"
                for number, chance in zip(numbers, curve, strict=True)
            ],
            hoverinfo="text",
        )
    return figure


def framing(framings: Sequence[Framing], chosen: Framing, granted: float) -> go.Figure:
    """Draw how often each model gives the secret answer by the size of the nudge; the chosen strength is large."""
    strengths = [event.strength for event in framings]
    figure = go.Figure(
        layout={
            "height": 226,
            "xaxis": {"title": {"text": "largest change of a trigger"}},
            "yaxis": charts.share("secret answers"),
        }
    )
    figure.add_scatter(  # a rule with its words in the legend: beside it, they would lie on the curves
        name=_GRANTED,
        x=[strengths[0], strengths[-1]],
        y=[granted, granted],
        mode="lines",
        line={"color": theme.COURT.colour, "width": 2, "dash": "dash"},
        hovertext=[f"{_GRANTED}: {findings.percent(granted)}"] * 2,
        hoverinfo="text",
    )
    answers = {
        model: [float(said.mean()) for said in all_said]
        for model, all_said in zip(
            WITNESSES,
            zip(*((event.own, event.accused, event.control) for event in framings), strict=True),
            strict=True,
        )
    }
    for model, rates in answers.items():
        look = WITNESSES[model]
        figure.add_scatter(
            name=model,
            x=strengths,
            y=rates,
            mode="lines+markers",
            line={"width": 3, "color": look.colour},
            marker={
                "color": look.colour,
                "symbol": look.symbol,
                "size": [20 if event is chosen else 10 for event in framings],
                "opacity": 1,
            },
            cliponaxis=False,
            hovertext=[
                f"{model}, nudged by {strength:g}: {findings.percent(rate)} secret answers"
                for strength, rate in zip(strengths, rates, strict=True)
            ],
            hoverinfo="text",
        )
    return figure
