"""Charts of the evidence, over seeds: rows in, a Vega-Lite specification out. They are drawn as those of a run are."""

from collections.abc import Mapping, Sequence

from app.lab import evidence
from app.lab.events import DEFENCES, WATERMARKED
from app.lab.evidence import Row
from app.ui import charts, findings, theme

SMALLEST_MASS = 1e-4  # of the channel's picture; what is smaller is drawn there


def luck(
    values: Mapping[str, Sequence[float]], seeds: Sequence[int], here: Mapping[str, float], axis: str
) -> charts.Spec:
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


def channel(found: Sequence[Row], chosen: Mapping[str, Row], *, sealed: bool) -> charts.Spec:
    """Draw survival against the channel: a dot for each theft, those of the chosen one large and named.

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
            "title": "weight on the target where it is not the truth, in the answers to the thief",
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
    layers: list[charts.Spec] = [
        {
            "data": {"values": [_carried(row) for row in found if not (sealed and row in chosen.values())]},
            "mark": {"type": "point", "filled": True, "size": 130, "opacity": 0.45},
            "encoding": {"x": x, "y": y, "color": colour, "shape": shape, "tooltip": words},
        },
        {
            "data": {"values": large},
            "mark": {"type": "rule", "strokeDash": [2, 4], "strokeWidth": 2},
            "encoding": {"x": x, "color": colour},
        },
    ]
    if not sealed:
        layers += [
            {
                "data": {"values": large},
                "mark": {"type": "rule", "strokeWidth": 4},
                "encoding": {"x": x, "y": {**y, "field": "least"}, "y2": {"field": "most"}, "color": colour},
            },
            {
                "data": {"values": large},
                "mark": {"type": "point", "filled": True, "size": 480, "opacity": 1},
                "encoding": {"x": x, "y": y, "color": colour, "shape": shape, "tooltip": words},
            },
        ]
    return {"height": 480, "config": charts.CONFIG, "layer": layers}


def frontier(found: Sequence[Row], naive: Row, usual: Row) -> charts.Spec:
    """Draw what survival costs: a line for each temperature, a dot for each weight, and the usual setting.

    Args:
        found: entangled rows that differ in weight and temperature.
        naive: the naive mark under the same theft.
        usual: the setting of the other pages.
    """
    rows = [_priced(row) for row in sorted(found, key=lambda row: row.experiment.weight)]
    marked = [
        {**_priced(naive), "words": "naive", "lane": "naive"},
        {**_priced(usual), "words": "the setting of the other pages", "lane": "entangled"},
    ]
    x = {"field": "cost", "type": "quantitative", "axis": {"title": "accuracy cost, percentage points"}}
    y = {
        "field": "mark",
        "type": "quantitative",
        "scale": {"domain": [0, 1]},
        "axis": {**charts.PERCENT, "title": "secret answers of the copy"},
    }
    dash = {"field": "temperature", "type": "nominal", "legend": {"title": "temperature T"}}
    lane = {"field": "lane", "scale": theme.lane_scale(), "legend": None}
    about = [
        {"field": "weight", "title": "weight \u03ba"},
        {"field": "temperature", "title": "temperature T"},
        {"field": "says", "title": "the mark on the copy"},
        {"field": "loses", "title": "accuracy cost"},
    ]
    return {
        "height": 460,
        "config": charts.CONFIG,
        "layer": [
            {
                "data": {"values": rows},
                "mark": {"type": "line", "strokeWidth": 3, "color": theme.LANES["entangled"].colour},
                "encoding": {"x": x, "y": y, "strokeDash": dash, "order": {"field": "weight"}},
            },
            {
                "data": {"values": rows},
                "mark": {"type": "rule", "strokeWidth": 2, "opacity": 0.45, "color": theme.LANES["entangled"].colour},
                "encoding": {"x": x, "y": {**y, "field": "least"}, "y2": {"field": "most"}},
            },
            {
                "data": {"values": rows},
                "mark": {
                    "type": "point",
                    "filled": True,
                    "size": 160,
                    "opacity": 1,
                    "shape": theme.LANES["entangled"].symbol,
                    "color": theme.LANES["entangled"].colour,
                },
                "encoding": {"x": x, "y": y, "tooltip": about},
            },
            {
                "data": {"values": rows},
                "mark": {"type": "text", "fontSize": 16, "dy": -18},
                "encoding": {"x": x, "y": y, "text": {"field": "words"}},
            },
            {
                "data": {"values": marked},
                "mark": {"type": "point", "size": 520, "strokeWidth": 4},
                "encoding": {
                    "x": x,
                    "y": y,
                    "color": lane,
                    "shape": {"field": "lane", "scale": theme.lane_symbols(), "legend": None},
                },
            },
            {
                "data": {"values": marked},
                "mark": {"type": "text", "fontSize": 18, "fontWeight": 600, "align": "left", "dx": 18, "dy": 4},
                "encoding": {"x": x, "y": y, "text": {"field": "words"}},
            },
        ],
    }


def schedules(found: Sequence[Row]) -> charts.Spec:
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


def _carried(row: Row) -> charts.Spec:
    mark, mass = row.spread("stolen_watermark"), row.spread("query_target_mass").mean
    return {
        "lane": row.defence,
        "asked": row.experiment.inputs,
        "told": row.experiment.answers,
        "mark": mark.mean,
        "least": mark.least,
        "most": mark.most,
        "mass": max(mass, SMALLEST_MASS),
        "says": findings.percent(mark.mean),
        "carries": findings.percent(mass),
    }


def _priced(row: Row) -> charts.Spec:
    mark, cost = row.spread("stolen_watermark"), 100 * evidence.spread(row.cost).mean
    return {
        "cost": cost,
        "mark": mark.mean,
        "least": mark.least,
        "most": mark.most,
        "weight": row.experiment.weight,
        "temperature": f"{row.experiment.temperature:g}",
        "words": f"\u03ba {row.experiment.weight:g}",
        "says": findings.percent(mark.mean),
        "loses": f"{cost:.1f} points",
    }
