"""Charts of the evidence, over seeds: rows in, a Vega-Lite specification out. They are drawn as those of a run are."""

from collections.abc import Mapping, Sequence

from sklearn.isotonic import IsotonicRegression

from app.lab import evidence
from app.lab.events import DEFENCES, WATERMARKED
from app.lab.evidence import Row
from app.lab.extraction import MADE_OF_THE_TASK
from app.ui import charts, evidence_findings, findings, theme
from app.ui.charts import Spec

PICKED = "picked"  # the parameter that a click on the frontier sets
_STAR = (
    "M0,-1L0.235,-0.324L0.951,-0.309L0.38,0.124L0.588,0.809L0,0.4L-0.588,0.809L-0.38,0.124L-0.951,-0.309L-0.235,-0.324Z"
)
_APART = (0.15, 0.09)  # of the axes' lengths: settings that lie nearer than this do not both get a name
SMALLEST_MASS = 1e-4  # of the channel's picture; what is smaller is drawn there


def luck(values: Mapping[str, Sequence[float]], seeds: Sequence[int], here: Mapping[str, float], axis: str) -> Spec:
    """Draw a dot for each seed, the interval of the mean, and a ring for this run.

    Args:
        values: by defence, a fraction for each seed.
        seeds: in their order.
        here: by defence, the fraction of this run.
        axis: what is drawn.
    """
    dots, bars = [], []
    for lane, known in values.items():
        dots += [
            {"lane": lane, "rate": rate, "seed": seed, "says": findings.percent(rate)}
            for rate, seed in zip(known, seeds, strict=True)
        ]
        mean = evidence.spread(known)
        bars.append({"lane": lane, "mean": mean.mean, "low": mean.low, "high": mean.high})
    rings = [{"lane": lane, "rate": rate} for lane, rate in here.items()]
    y = {"field": "lane", "type": "nominal", "sort": list(DEFENCES), "title": None, "axis": {"labelFontSize": 18}}
    x = {
        "field": "rate",
        "type": "quantitative",
        "scale": {"domain": [0, max(1.0, *(rate for known in values.values() for rate in known))]},
        "axis": {**charts.PERCENT, "title": axis},
    }
    colour = {"field": "lane", "scale": theme.lane_scale(), "legend": None}
    shape = {"field": "lane", "scale": theme.lane_symbols(), "legend": None}
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
    y = {
        "field": "mark",
        "type": "quantitative",
        "scale": {"domain": [0, 1]},
        "axis": {**charts.PERCENT, "title": "secret answers of the copy"},
    }
    colour = {"field": "lane", "scale": theme.lane_scale(), "legend": {"title": None}}
    shape = {"field": "lane", "scale": theme.lane_symbols(), "legend": {"title": None}}
    words = [
        {"field": "lane", "title": "model"},
        {"field": "asked", "title": "the thief asks"},
        {"field": "told", "title": "he is told"},
        {"field": "says", "title": "the mark on the copy"},
        {"field": "carries", "title": "the channel"},
    ]
    large = [_carried(row) for row in chosen.values()]
    outcome = [] if sealed else large
    known = [row for row in found if not (sealed and row in chosen.values())]
    hollow: Spec = {"fillOpacity": {"condition": {"test": "datum.near", "value": 1}, "value": 0}}
    dots = {"x": x, "y": y, "color": colour, "fill": {**colour, "legend": None}, "shape": shape, "tooltip": words}
    layers = [
        {
            "data": {"values": _rising(known)},
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
            "data": {"values": [_carried(row) for row in known]},
            "mark": {"type": "point", "size": 130, "strokeWidth": 2, "opacity": 0.6},
            "encoding": {**dots, **hollow},
        },
        {
            "data": {"values": [{"lane": dot["lane"], "mass": dot["mass"]} for dot in large]},
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


def unpriced(found: Sequence[Row], naive: Row) -> Spec:
    """Draw the naive mark and how much is wanted, on the axes of :func:`frontier`, and none of the entangled ones."""
    x, y = _price_axes(found, naive)
    lane = theme.LANES["naive"]
    wanted = f"wanted: {findings.percent(evidence_findings.WANTED)} of the mark"
    return {
        "height": 460,
        "config": charts.CONFIG,
        "layer": [
            charts.threshold("y", evidence_findings.WANTED, wanted, theme.COURT.colour),
            {
                "data": {"values": [{**_priced(naive), "words": "naive"}]},
                "encoding": {"x": x, "y": y},
                "layer": [
                    {
                        "mark": {
                            "type": "point",
                            "size": 620,
                            "strokeWidth": 4,
                            "shape": lane.symbol,
                            "color": lane.colour,
                        }
                    },
                    {
                        "mark": {"type": "text", "fontSize": 18, "fontWeight": 600, "dy": -28},
                        "encoding": {"text": {"field": "words"}},
                    },
                ],
            },
        ],
    }


def frontier(found: Sequence[Row], naive: Row, usual: Row, chosen: Row | None, own: tuple[float, float] | None) -> Spec:
    """Draw what survival costs: a point for each setting, the front that nothing beats, and what the visitor did.

    A click on a point selects its weight and temperature, as the parameter :data:`PICKED`.

    Args:
        found: entangled rows that differ in weight and temperature.
        naive: the naive mark under the same theft; it may be on the front.
        usual: the setting of the other pages, over more seeds.
        chosen: which of ``found`` the visitor looks at.
        own: accuracy cost (a fraction) and survival of the visitor's own run of it, one seed.
    """
    best = front(found, naive)
    rows = [{**_priced(row), "best": row in best} for row in found]
    marked = [
        {**_priced(naive), "words": "naive", "lane": "naive"},
        {
            **_priced(usual),
            "words": f"{evidence_findings.recipe(usual.experiment)}, {len(usual.seeds)} seeds",
            "lane": "entangled",
        },
    ]
    x, y = _price_axes(found, naive)
    named = _apart([row for row in rows if row["best"]], marked, x["scale"]["domain"])
    lane = {"field": "lane", "scale": theme.lane_scale(), "legend": None}
    entangled, here = theme.LANES["entangled"], theme.COURT.colour
    about = [
        {"field": "weight", "title": "weight \u03ba"},
        {"field": "temperature", "title": "temperature T"},
        {"field": "says", "title": "the mark on the copy"},
        {"field": "loses", "title": "accuracy cost"},
    ]
    faint = {"condition": {"test": "datum.best", "value": 0.4}, "value": 0.2}
    layers: list[Spec] = [
        {
            "data": {"values": [_priced(row) for row in best]},
            "mark": {"type": "line", "strokeWidth": 5, "opacity": 0.5, "interpolate": "step-after"},
            "encoding": {"x": x, "y": y, "color": {"value": entangled.colour}, "order": {"field": "cost"}},
        },
        {
            "data": {"values": rows},
            "mark": {"type": "rule", "strokeWidth": 2, "color": entangled.colour},
            "encoding": {"x": x, "y": {**y, "field": "least"}, "y2": {"field": "most"}, "opacity": faint},
        },
        {
            "data": {"values": rows},
            "mark": {"type": "rule", "strokeWidth": 2, "color": entangled.colour},
            "encoding": {"x": {**x, "field": "cheapest"}, "x2": {"field": "dearest"}, "y": y, "opacity": faint},
        },
        {
            "params": [
                {"name": PICKED, "select": {"type": "point", "fields": ["weight", "temperature"], "toggle": False}}
            ],
            "data": {"values": rows},
            "mark": {
                "type": "point",
                "size": 240,
                "strokeWidth": 2.5,
                "shape": entangled.symbol,
                "stroke": entangled.colour,
                "fill": entangled.colour,
                "opacity": 1,
                "cursor": "pointer",
            },
            "encoding": {
                "x": x,
                "y": y,
                "fillOpacity": {"condition": {"test": "datum.best", "value": 1}, "value": 0},
                "tooltip": about,
            },
        },
        {
            "data": {"values": named},
            # Left above the point, where the front does not pass.
            "mark": {"type": "text", "fontSize": 16, "align": "right", "dx": -12, "dy": -14},
            "encoding": {"x": x, "y": y, "text": {"field": "setting"}},
        },
        {
            "data": {"values": marked},
            "mark": {"type": "point", "size": 620, "strokeWidth": 4},
            "encoding": {
                "x": x,
                "y": y,
                "color": lane,
                "shape": {"field": "lane", "scale": theme.lane_symbols(), "legend": None},
            },
        },
        {
            "data": {"values": marked},
            "mark": {
                "type": "text",
                "fontSize": 16,
                "fontWeight": 600,
                "dy": {"expr": "datum.lane == 'naive' ? -26 : -30"},
            },
            "encoding": {"x": x, "y": y, "text": {"field": "words"}},
        },
    ]
    if chosen is not None:
        layers.append(
            {
                "data": {"values": [_priced(chosen)]},
                "mark": {"type": "point", "shape": "circle", "size": 1300, "strokeWidth": 3, "color": here},
                "encoding": {"x": x, "y": y},
            }
        )
    if own is not None:
        run = [{"cost": 100 * own[0], "mark": own[1], "words": "your run"}]
        layers += [
            {
                "data": {"values": run},
                "mark": {"type": "point", "shape": _STAR, "size": 300, "filled": True, "color": here, "opacity": 1},
                "encoding": {"x": x, "y": y},
            },
            {
                "data": {"values": run},
                "mark": {"type": "text", "fontSize": 18, "fontWeight": 600, "dy": 28},
                "encoding": {"x": x, "y": y, "text": {"field": "words"}},
            },
        ]
    return {"height": 460, "config": charts.CONFIG, "layer": layers}


def _price_axes(found: Sequence[Row], naive: Row) -> tuple[Spec, Spec]:
    """Return the axes of what survives against what it costs, wide enough for all seeds."""
    costs = [100 * cost for row in (*found, naive) for cost in row.cost]
    x = {
        "field": "cost",
        "type": "quantitative",
        "scale": {"domain": [min(0.0, *costs), max(costs)]},
        "axis": {"title": "accuracy cost, points", "tickCount": 6},
    }
    y = {
        "field": "mark",
        "type": "quantitative",
        "scale": {"domain": [0, 1]},
        "axis": {**charts.PERCENT, "title": "secret answers of the copy"},
    }
    return x, y


def _apart(rows: Sequence[Spec], taken: Sequence[Spec], costs: Sequence[float]) -> list[Spec]:
    """Return the rows that have room for a name: those that give most come first, then what is not near a named one.

    Args:
        rows: points of the frontier.
        taken: those that are named in any case.
        costs: from where to where the axis of the costs goes.
    """
    named: list[Spec] = []
    same = [other["setting"] for other in taken]
    for row in sorted(rows, key=lambda row: (-row["mark"], row["cost"])):
        others = [*taken, *named]
        far = [
            abs(row["cost"] - other["cost"]) > _APART[0] * (costs[1] - costs[0])
            or abs(row["mark"] - other["mark"]) > _APART[1]
            for other in others
        ]
        if all(far) and row["setting"] not in same:
            named.append(row)
    return named


def front(found: Sequence[Row], naive: Row) -> list[Row]:
    """Return which settings, the naive mark among them, nothing beats, in the order of their cost."""
    rows = [*found, naive]
    costs = [evidence.spread(row.cost).mean for row in rows]
    gains = [row.spread("stolen_watermark").mean for row in rows]
    return [rows[place] for place in evidence.front(costs, gains)]


def schedules(found: Sequence[Row]) -> Spec:
    """Draw what each schedule leaves of each mark: a dot for each seed, a bar for the mean."""
    dots = [
        {"lane": row.defence, "what": _schedule(row), "rate": rate, "seed": seed, "says": findings.percent(rate)}
        for row in found
        for rate, seed in zip(row.measures["stolen_watermark"], row.seeds, strict=True)
    ]
    y = {"field": "what", "type": "nominal", "title": None, "axis": {"labelFontSize": 17, "labelLimit": 400}}
    x = {
        "field": "rate",
        "type": "quantitative",
        "scale": {"domain": [0, 1]},
        "axis": {**charts.PERCENT, "title": "secret answers of the copy"},
    }
    offset = {"field": "lane"}
    colour = {"field": "lane", "scale": theme.lane_scale(), "legend": {"title": None, "values": list(WATERMARKED)}}
    shape = {"field": "lane", "scale": theme.lane_symbols(), "legend": colour["legend"]}
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
        "lane": row.defence,
        "asked": row.experiment.inputs,
        "told": row.experiment.answers,
        "mark": mark.mean,
        "least": mark.least,
        "most": mark.most,
        "mass": max(mass, SMALLEST_MASS),
        "near": row.experiment.inputs in MADE_OF_THE_TASK,
        "says": findings.percent(mark.mean),
        "carries": findings.percent(mass),
    }


def _priced(row: Row) -> Spec:
    mark, cost = row.spread("stolen_watermark"), evidence.spread(row.cost)
    return {
        "cost": 100 * cost.mean,
        "cheapest": 100 * cost.least,
        "dearest": 100 * cost.most,
        "mark": mark.mean,
        "least": mark.least,
        "most": mark.most,
        "weight": row.experiment.weight,
        "temperature": row.experiment.temperature,
        "setting": evidence_findings.recipe(row.experiment) if row.defence == "entangled" else row.defence,
        "says": findings.percent(mark.mean),
        "loses": evidence_findings.points(row),
    }
