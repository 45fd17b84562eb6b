"""Charts of the evidence, over seeds: rows in, a Vega-Lite specification out. They are drawn as those of a run are."""

from collections.abc import Mapping, Sequence

from app.lab.evidence import survival
from app.lab.stories.events import DEFENCES
from app.ui import charts, findings, theme
from app.ui.charts import Spec


def seeds_apart(
    values: Mapping[str, Sequence[float]], seeds: Sequence[int], here: Mapping[str, float], axis: str
) -> Spec:
    """Draw a dot for each seed, the interval of the mean, and a ring for this run.

    Args:
        values: by defence, a fraction for each seed.
        seeds: one for each of those fractions, in the same order.
        here: by defence, the fraction in the run on the page.
        axis: title of the horizontal axis.
    """
    dots, bars = [], []
    for defence, rates in values.items():
        dots += [
            {"defence": defence, "rate": rate, "seed": seed, "says": findings.percent(rate)}
            for rate, seed in zip(rates, seeds, strict=True)
        ]
        mean = survival.spread(rates)
        bars.append({"defence": defence, "mean": mean.mean, "low": mean.low, "high": mean.high})
    rings = [{"defence": defence, "rate": rate} for defence, rate in here.items()]
    y = {"field": "defence", "type": "nominal", "sort": list(DEFENCES), "title": None, "axis": {"labelFontSize": 18}}
    x = {
        "field": "rate",
        "type": "quantitative",
        "scale": {"domain": [0, max(1.0, *(rate for rates in values.values() for rate in rates))]},
        "axis": {**charts.PERCENT, "title": axis},
    }
    colour = {"field": "defence", "scale": theme.defence_scale(), "legend": None}
    shape = {"field": "defence", "scale": theme.defence_symbols(), "legend": None}
    return {
        "height": 220,
        "config": charts.CONFIG,
        "layer": [
            {
                "data": {"values": bars},
                "mark": {"type": "rule", "strokeWidth": 12, "opacity": 0.3},
                "encoding": {"y": y, "x": {**x, "field": "low"}, "x2": {"field": "high"}, "color": colour},
            },
            {
                "data": {"values": bars},
                "mark": {"type": "tick", "thickness": 4, "size": 36},
                "encoding": {"y": y, "x": {**x, "field": "mean"}, "color": colour},
            },
            {
                "data": {"values": dots},
                "mark": {"type": "point", "filled": True, "size": 110, "opacity": 0.75},
                "encoding": {
                    "y": y,
                    "x": x,
                    "color": colour,
                    "shape": shape,
                    "tooltip": [{"field": "seed"}, {"field": "says", "title": axis}],
                },
            },
            {
                "data": {"values": rings},
                "mark": {
                    "type": "point",
                    "size": 420,
                    "strokeWidth": 3,
                    "shape": "circle",
                    "color": theme.COURT.colour,
                },
                "encoding": {"y": y, "x": x},
            },
        ],
    }
