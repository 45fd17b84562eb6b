"""The picture of a removal attack: what is left of the mark against what is left of the model. Pure."""

from collections.abc import Mapping, Sequence

from app.lab.removal.attacks import REMOVAL_ATTACKS
from app.lab.stories.events import DEFENCES, Attempted, FromScratch
from app.lab.stories.washing import Price
from app.ui import charts, findings, theme

BELOW = 0.12  # of accuracy below the thief's own model that is drawn; what is worse stands at the edge
EDGE = 0.02  # of accuracy, beside the outermost points


def washing(
    name: str, curves: Mapping[str, Sequence[Attempted]], paid: Mapping[str, Price | None], own: FromScratch
) -> charts.Spec:
    """Draw secret answers against accuracy along the strength of one attack, a line for each copy.

    Filled: the court convicts. Hollow: it does not, or (the clean copy) the model is there to set its bar.
    The horizontal rule is the rate granted to an innocent; left of the vertical one, the thief's own
    model is better than the washed copy.

    Args:
        name: the removal attack.
        curves: the attempts on each copy, strength 0 first; only those that may be seen.
        paid: the cheapest way out of each mark, which is named in the picture.
        own: the thief's own model.
    """
    granted = curves["clean"][0].innocent_rate
    accuracies = [own.accuracy, *(attempt.accuracy for curve in curves.values() for attempt in curve)]
    low = max(0.0, min(accuracies) - EDGE, own.accuracy - BELOW)
    high = min(1.0, max(accuracies) + EDGE)
    rows = [
        _row(name, defence, place, attempt) for defence, curve in curves.items() for place, attempt in enumerate(curve)
    ]
    named = [
        {
            **_row(name, defence, 0, found.attempt),
            "words": f"{defence} free: {REMOVAL_ATTACKS[name].words(found.attempt.strength)}",
        }
        for defence, found in paid.items()
        if found is not None and curves[defence][0].owned  # what was never proven needs no washing
    ]
    x = {
        "field": "accuracy",
        "type": "quantitative",
        "scale": {"domain": [low, high], "clamp": True, "nice": False, "zero": False},
        "axis": {**charts.PERCENT, "title": "accuracy of the copy"},
    }
    y = charts.share("mark", "secret answers")
    defences = [defence for defence in DEFENCES if defence in curves]
    colour = {"field": "defence", "scale": theme.defence_scale(), "legend": {"title": None, "values": defences}}
    shape = {"field": "defence", "scale": theme.defence_symbols(), "legend": colour["legend"]}
    return {
        "height": 400,
        "config": charts.CONFIG,
        "layer": [
            {
                "data": {"values": [{"from": low, "to": own.accuracy}]},
                "mark": {"type": "rect", "color": theme.THIEF.colour, "opacity": 0.1},
                "encoding": {"x": {**x, "field": "from"}, "x2": {"field": "to"}},
            },
            charts.threshold(
                "x",
                own.accuracy,
                f"the thief's own model: {findings.percent(own.accuracy)}",
                theme.THIEF.colour,
                middle=(low + high) / 2,
            ),
            charts.threshold(
                "y", granted, f"granted to the clean copy: {findings.percent(granted)}", theme.COURT.colour
            ),
            {
                "data": {"values": rows},
                "mark": {"type": "line", "strokeWidth": 3, "opacity": 0.6},
                "encoding": {"x": x, "y": y, "color": colour, "order": {"field": "place"}},
            },
            {
                "data": {"values": rows},
                "mark": {"type": "point", "strokeWidth": 3, "opacity": 1},
                "encoding": {
                    "x": x,
                    "y": y,
                    "color": colour,
                    "fill": {**colour, "legend": None},
                    "shape": shape,
                    "size": {"condition": {"test": "datum.place == 0", "value": 460}, "value": 150},
                    "fillOpacity": {"condition": {"test": "datum.convicted", "value": 1}, "value": 0},
                    "tooltip": [
                        {"field": "defence", "title": "copy"},
                        {"field": "strength"},
                        {"field": "says", "title": "secret answers"},
                        {"field": "right", "title": "accuracy"},
                        {"field": "verdict", "title": "the court"},
                    ],
                },
            },
            {
                "data": {"values": named},
                "mark": {
                    "type": "text",
                    "fontSize": 16,
                    "fontWeight": 600,
                    "align": {"expr": f"datum.accuracy > {(low + high) / 2} ? 'right' : 'left'"},
                    "dy": {"expr": "datum.defence == 'naive' ? -40 : -18"},  # both may lie at 0 %
                },
                "encoding": {"x": x, "y": y, "text": {"field": "words"}, "color": {**colour, "legend": None}},
            },
        ],
    }


def _row(name: str, defence: str, place: int, attempt: Attempted) -> charts.Spec:
    return {
        "defence": defence,
        "place": place,
        "strength": "as stolen" if attempt.strength == 0 else REMOVAL_ATTACKS[name].words(attempt.strength),
        "accuracy": attempt.accuracy,
        "mark": attempt.watermark,
        "convicted": attempt.owned and defence != "clean",
        "says": findings.percent(attempt.watermark),
        "right": findings.percent(attempt.accuracy),
        "verdict": "sets the bar" if defence == "clean" else "convicts" if attempt.owned else "does not convict",
    }
