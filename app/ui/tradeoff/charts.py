"""Charts of what survival costs, from the evidence: rows in, a Vega-Lite specification out."""

from collections.abc import Sequence

from app.lab.evidence import survival
from app.lab.evidence.survival import Row
from app.ui import charts, evidence_findings, findings, theme
from app.ui.charts import Spec
from app.ui.tradeoff import findings as tradeoff_findings

PICKED = "picked"  # the parameter that a click on the frontier sets
_STAR = (
    "M0,-1L0.235,-0.324L0.951,-0.309L0.38,0.124L0.588,0.809L0,0.4L-0.588,0.809L-0.38,0.124L-0.951,-0.309L-0.235,-0.324Z"
)
_APART = (0.15, 0.09)  # of the axes' lengths: settings that lie nearer than this do not both get a name


def front(found: Sequence[Row], naive: Row) -> list[Row]:
    """Return which settings, the naive mark among them, nothing beats, in the order of their cost."""
    rows = [*found, naive]
    costs = [survival.spread(row.cost).mean for row in rows]
    gains = [row.spread("stolen_watermark").mean for row in rows]
    return [rows[place] for place in survival.front(costs, gains)]


def unpriced(found: Sequence[Row], naive: Row) -> Spec:
    """Draw the naive mark and how much is wanted, on the axes of :func:`frontier`, and none of the entangled ones."""
    x, y = _price_axes(found, naive)
    defence = theme.DEFENCES["naive"]
    wanted = f"wanted: {findings.percent(tradeoff_findings.WANTED)} of the mark"
    return {
        "height": 460,
        "config": charts.CONFIG,
        "layer": [
            charts.threshold("y", tradeoff_findings.WANTED, wanted, theme.COURT.colour),
            {
                "data": {"values": [{**_priced(naive), "words": "naive"}]},
                "encoding": {"x": x, "y": y},
                "layer": [
                    {
                        "mark": {
                            "type": "point",
                            "size": 620,
                            "strokeWidth": 4,
                            "shape": defence.symbol,
                            "color": defence.colour,
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

    A click on a point selects its κ and temperature, as the parameter :data:`PICKED`.

    Args:
        found: entangled rows that differ in kappa and temperature.
        naive: the naive mark under the same theft; it may be on the front.
        usual: the setting of the other pages, over more seeds.
        chosen: which of ``found`` the visitor looks at.
        own: accuracy cost (a fraction) and survival of the visitor's own run of it, one seed.
    """
    best = front(found, naive)
    rows = [{**_priced(row), "best": row in best} for row in found]
    marked = [
        {**_priced(naive), "words": "naive", "defence": "naive"},
        {
            **_priced(usual),
            "words": f"{tradeoff_findings.recipe(usual.experiment)}, {len(usual.seeds)} seeds",
            "defence": "entangled",
        },
    ]
    x, y = _price_axes(found, naive)
    named = _apart([row for row in rows if row["best"]], marked, x["scale"]["domain"])
    defence = {"field": "defence", "scale": theme.defence_scale(), "legend": None}
    entangled, here = theme.DEFENCES["entangled"], theme.COURT.colour
    about = [
        {"field": "kappa", "title": "kappa (\u03ba)"},
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
                {"name": PICKED, "select": {"type": "point", "fields": ["kappa", "temperature"], "toggle": False}}
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
                "color": defence,
                "shape": {"field": "defence", "scale": theme.defence_symbols(), "legend": None},
            },
        },
        {
            "data": {"values": marked},
            "mark": {
                "type": "text",
                "fontSize": 16,
                "fontWeight": 600,
                "dy": {"expr": "datum.defence == 'naive' ? -26 : -30"},
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
    y = charts.share("mark", "secret answers of the copy")
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


def _priced(row: Row) -> Spec:
    mark, cost = row.spread("stolen_watermark"), survival.spread(row.cost)
    return {
        "cost": 100 * cost.mean,
        "cheapest": 100 * cost.least,
        "dearest": 100 * cost.most,
        "mark": mark.mean,
        "least": mark.least,
        "most": mark.most,
        "kappa": row.experiment.kappa,
        "temperature": row.experiment.temperature,
        "setting": tradeoff_findings.recipe(row.experiment) if row.defence == "entangled" else row.defence,
        "says": findings.percent(mark.mean),
        "loses": evidence_findings.points(row),
    }
