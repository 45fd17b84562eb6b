"""The chart of the p-value by the number of triggers asked. Pure: claims in, a Vega-Lite specification out."""

from collections.abc import Mapping

from app.lab.ownership.binomial import SIGNIFICANCE
from app.lab.stories.events import Claimed, Defence
from app.ui import charts, theme
from app.ui.charts import SMALLEST_P, Spec


def growing_proof(claims: Mapping[Defence, Claimed]) -> Spec:
    """Draw how the p-value falls (or does not) as the owner asks one trigger after the other."""
    rows = [
        {"defence": defence, "queries": asked, "p": max(float(p), SMALLEST_P)}
        for defence, claim in claims.items()
        for asked, p in enumerate(claim.p_values, start=1)
    ]
    return {
        "height": 360,
        "config": charts.CONFIG,
        "layer": [
            charts.threshold(
                "y",
                SIGNIFICANCE,
                f"{SIGNIFICANCE:g}: below, it is established",
                theme.COURT.colour,
                above=False,
                late=True,
            ),
            {
                "data": {"values": rows},
                "mark": {"type": "line", "strokeWidth": 3, "interpolate": "step-after"},
                "encoding": {
                    "x": {"field": "queries", "type": "quantitative", "title": "triggers asked"},
                    "y": {
                        "field": "p",
                        "type": "quantitative",
                        "title": "p-value",
                        "scale": {"type": "log", "domain": [SMALLEST_P, 1]},
                        "axis": {
                            "values": [1, 1e-3, 1e-6, 1e-9, SMALLEST_P],
                            "labelExpr": f"datum.value == 1 ? '1' : datum.value < {2 * SMALLEST_P:g} "
                            f"? '\u2264 {SMALLEST_P:.0e}' : format(datum.value, '.0e')",
                        },
                    },
                    "color": {
                        "field": "defence",
                        "scale": theme.defence_scale(),
                        "legend": {"title": None, "values": list(claims)},
                    },
                },
            },
        ],
    }
