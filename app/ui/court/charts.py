"""Charts of the court, drawn as those of a run are: numbers in, a Vega-Lite specification out."""

from collections.abc import Mapping, Sequence

from app.lab.ownership.binomial import SIGNIFICANCE
from app.lab.stories.events import Framing
from app.ui import charts, theme
from app.ui.charts import Spec

WITNESSES = {  # of a false claim: the models that answer, and their looks
    "the owner's": theme.Mark("the owner's", theme.THIEF.colour, "cross"),
    "accused": theme.Mark("accused", theme.GENUINE, "circle"),
    "control": theme.Mark("control", theme.COURT.colour, "diamond"),
}


def power(
    rates: Sequence[float], needed: Sequence[int | None], copies: Mapping[str, tuple[float, int | None]], most: int
) -> Spec:
    """Draw how many triggers a claim needs against how much of the mark survived, and where the copies lie."""
    curve = [{"rate": rate, "needed": count} for rate, count in zip(rates, needed, strict=True) if count is not None]
    dots = [{"defence": defence, "rate": rate, "needed": count} for defence, (rate, count) in copies.items() if count]
    x = charts.share("rate", "secret answers of the copy")
    y = {
        "field": "needed",
        "type": "quantitative",
        "scale": {"type": "log", "domain": [1, most]},
        "axis": {"title": "triggers needed", "values": [1, 10, 100, 1000], "format": ",d"},
    }
    colour = {"field": "defence", "scale": theme.defence_scale(), "legend": {"title": None, "values": list(copies)}}
    shape = {"field": "defence", "scale": theme.defence_symbols(), "legend": colour["legend"]}
    return {
        "height": 380,
        "config": charts.CONFIG,
        "layer": [
            {
                "data": {"values": curve},
                "mark": {"type": "line", "strokeWidth": 4, "color": theme.COURT.colour, "interpolate": "step"},
                "encoding": {"x": x, "y": y},
            },
            {
                "data": {"values": dots},
                "mark": {"type": "point", "filled": True, "size": 420, "opacity": 1},
                "encoding": {
                    "x": x,
                    "y": y,
                    "color": colour,
                    "shape": shape,
                    "tooltip": [
                        {"field": "defence", "title": "copy"},
                        {"field": "rate", "title": "secret answers", "format": ".1%"},
                        {"field": "needed", "title": "triggers needed"},
                    ],
                },
            },
        ],
    }


def several(chances: Mapping[str, Sequence[float]], chosen: int) -> Spec:
    """Draw the chance that an innocent is convicted against the number of suspects; ``chances`` by procedure."""
    rows = [
        {"how": how, "suspects": number, "chance": chance}
        for how, curve in chances.items()
        for number, chance in enumerate(curve, start=1)
    ]
    x = {"field": "suspects", "type": "quantitative", "axis": {"title": "innocents accused", "tickMinStep": 1}}
    y = charts.share("chance", "somebody is convicted")
    colour = {
        "field": "how",
        "scale": {"domain": list(chances), "range": [theme.THIEF.colour, theme.COURT.colour]},
        "legend": {"title": None},
    }
    shape = {
        "field": "how",
        "scale": {"domain": list(chances), "range": ["square", "circle"]},
        "legend": {"title": None},
    }
    return {
        "height": 340,
        "config": charts.CONFIG,
        "layer": [
            charts.threshold("y", SIGNIFICANCE, "promised: at most 5\u202f%", theme.COURT.colour, late=True),
            {
                "data": {"values": rows},
                "mark": {"type": "line", "strokeWidth": 3},
                "encoding": {"x": x, "y": y, "color": colour},
            },
            {
                "data": {"values": [row for row in rows if row["suspects"] == chosen]},
                "mark": {"type": "point", "filled": True, "size": 320, "opacity": 1},
                "encoding": {"x": x, "y": y, "color": colour, "shape": shape},
            },
        ],
    }


def framing(framings: Sequence[Framing], chosen: Framing, granted: float) -> Spec:
    """Draw how often each model gives the secret answer by the size of the nudge; the chosen strength is large."""
    rows = [
        {"model": model, "strength": event.strength, "rate": float(answers.mean()), "chosen": event is chosen}
        for event in framings
        for model, answers in zip(WITNESSES, (event.own, event.accused, event.control), strict=True)
    ]
    looks = list(WITNESSES.values())
    legend = {"title": None, "columns": 2}  # three beside each other are wider than a phone
    x = {"field": "strength", "type": "quantitative", "axis": {"title": "largest change of a trigger"}}
    y = charts.share("rate", "secret answers")
    colour = {
        "field": "model",
        "scale": {"domain": list(WITNESSES), "range": [look.colour for look in looks]},
        "legend": legend,
    }
    shape = {
        "field": "model",
        "scale": {"domain": list(WITNESSES), "range": [look.symbol for look in looks]},
        "legend": legend,
    }
    size = {"condition": {"test": "datum.chosen", "value": 420}, "value": 110}
    return {
        "height": 340,
        "config": charts.CONFIG,
        "layer": [
            charts.threshold("y", granted, "granted to an innocent", theme.COURT.colour, late=True),
            {
                "data": {"values": rows},
                "mark": {"type": "line", "strokeWidth": 3},
                "encoding": {"x": x, "y": y, "color": colour},
            },
            {
                "data": {"values": rows},
                "mark": {"type": "point", "filled": True, "opacity": 1},
                "encoding": {
                    "x": x,
                    "y": y,
                    "color": colour,
                    "shape": shape,
                    "size": size,
                    "tooltip": [{"field": "model"}, {"field": "strength"}, {"field": "rate", "format": ".1%"}],
                },
            },
        ],
    }
