"""Charts of the channel, from the evidence. Pure: rows in, a Vega-Lite specification out."""

from collections.abc import Mapping, Sequence

from sklearn.isotonic import IsotonicRegression

from app.lab.choices import MADE_OF_THE_TASK
from app.lab.evidence.survival import Row
from app.lab.stories.events import WATERMARKED
from app.ui import charts, findings, theme
from app.ui.charts import Spec

SMALLEST_MASS = 1e-4  # of the channel's picture; what is smaller is drawn there


def channel(found: Sequence[Row], chosen: Mapping[str, Row], *, sealed: bool) -> Spec:
    """Draw survival against the channel: a dot for each theft, those of the chosen one large and named.

    Thefts with queries that are not made of the task's inputs are hollow. The grey curve is the best rising one
    (isotonic regression) through the others.

    Args:
        found: all thefts.
        chosen: the rows of one theft, by defence.
        sealed: whether only the channel of the chosen theft may be seen, not what became of the mark.
    """
    x = {
        "field": "mass",
        "type": "quantitative",
        "scale": {"type": "log", "domain": [SMALLEST_MASS, 1], "clamp": True},
        "axis": {
            "title": "stray weight on the target class",
            "values": [SMALLEST_MASS, 0.001, 0.01, 0.1, 1],
            "labelExpr": "(datum.value < 0.0002 ? '\u2264 ' : '') + format(100 * datum.value, '~r') + '\u202f%'",
        },
    }
    y = charts.share("mark", "secret answers of the copy")
    colour = {"field": "defence", "scale": theme.defence_scale(), "legend": {"title": None}}
    shape = {"field": "defence", "scale": theme.defence_symbols(), "legend": {"title": None}}
    words = [
        {"field": "defence", "title": "model"},
        {"field": "inputs", "title": "the thief asks"},
        {"field": "answers", "title": "the API answers with"},
        {"field": "says", "title": "the mark on the copy"},
        {"field": "carries", "title": "the channel"},
    ]
    large = [_carried(row) for row in chosen.values()]
    outcome = [] if sealed else large
    others = [row for row in found if not (sealed and row in chosen.values())]
    hollow: Spec = {"fillOpacity": {"condition": {"test": "datum.near", "value": 1}, "value": 0}}
    dots = {"x": x, "y": y, "color": colour, "fill": {**colour, "legend": None}, "shape": shape, "tooltip": words}
    layers = [
        {
            "data": {"values": _rising(others)},
            "mark": {
                "type": "line",
                "interpolate": "monotone",
                "strokeWidth": 14,
                "color": theme.GENUINE,
                "opacity": 0.3,
            },
            "encoding": {"x": x, "y": y},
        },
        {
            "data": {"values": [_carried(row) for row in others]},
            "mark": {"type": "point", "size": 130, "strokeWidth": 2, "opacity": 0.6},
            "encoding": {**dots, **hollow},
        },
        {
            "data": {"values": [{"defence": dot["defence"], "mass": dot["mass"]} for dot in large]},
            "mark": {"type": "rule", "strokeDash": [2, 4], "strokeWidth": 2},
            "encoding": {"x": x, "color": colour},
        },
        {
            "data": {"values": outcome},
            "mark": {"type": "rule", "strokeWidth": 4},
            "encoding": {"x": x, "y": {**y, "field": "least"}, "y2": {"field": "most"}, "color": colour},
        },
        {
            "data": {"values": outcome},
            "mark": {"type": "point", "size": 480, "strokeWidth": 4, "opacity": 1},
            "encoding": {**dots, **hollow},
        },
    ]
    return {"height": 480, "config": charts.CONFIG, "layer": layers}


def schedules(found: Sequence[Row]) -> Spec:
    """Draw what each schedule leaves of each mark: a dot for each seed, a bar for the mean."""
    dots = [
        {"defence": row.defence, "what": _schedule(row), "rate": rate, "seed": seed, "says": findings.percent(rate)}
        for row in found
        for rate, seed in zip(row.measures["stolen_watermark"], row.seeds, strict=True)
    ]
    y = {"field": "what", "type": "nominal", "title": None, "axis": {"labelFontSize": 17, "labelLimit": 400}}
    x = charts.share("rate", "secret answers of the copy")
    offset = {"field": "defence"}
    colour = {
        "field": "defence",
        "scale": theme.defence_scale(),
        "legend": {"title": None, "values": list(WATERMARKED)},
    }
    shape = {"field": "defence", "scale": theme.defence_symbols(), "legend": colour["legend"]}
    return {
        "height": 300,
        "config": charts.CONFIG,
        "layer": [
            {
                "data": {"values": dots},
                "mark": {"type": "bar", "opacity": 0.3},
                "encoding": {"y": y, "x": {**x, "aggregate": "mean"}, "yOffset": offset, "color": colour},
            },
            {
                "data": {"values": dots},
                "mark": {"type": "point", "filled": True, "size": 140, "opacity": 0.9},
                "encoding": {
                    "y": y,
                    "x": x,
                    "yOffset": offset,
                    "color": colour,
                    "shape": shape,
                    "tooltip": [{"field": "seed"}, {"field": "says", "title": "secret answers"}],
                },
            },
        ],
    }


def _schedule(row: Row) -> str:
    return "all task data revisited" if row.experiment.schedule == "all" else "a few batches (released code)"


def _rising(found: Sequence[Row]) -> list[Spec]:
    """Return the best rising curve through the thefts of marked models with queries made of the task's inputs."""
    dots = [_carried(row) for row in found if row.defence in WATERMARKED]
    near = sorted((dot for dot in dots if dot["near"]), key=lambda dot: float(dot["mass"]))
    if not near:
        return []
    masses = [float(dot["mass"]) for dot in near]
    marks = IsotonicRegression().fit_transform(masses, [float(dot["mark"]) for dot in near])
    return [{"mass": mass, "mark": float(mark)} for mass, mark in zip(masses, marks, strict=True)]


def _carried(row: Row) -> Spec:
    mark, mass = row.spread("stolen_watermark"), row.spread("query_target_mass").mean
    return {
        "defence": row.defence,
        "inputs": row.experiment.inputs,
        "answers": row.experiment.answers,
        "mark": mark.mean,
        "least": mark.least,
        "most": mark.most,
        "mass": max(mass, SMALLEST_MASS),
        "near": row.experiment.inputs in MADE_OF_THE_TASK,
        "says": findings.percent(mark.mean),
        "carries": findings.percent(mass),
    }
