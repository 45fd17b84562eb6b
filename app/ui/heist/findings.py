"""Words about the end of a heist, from its result. Pure: claims and thefts in, sentences out."""

from collections.abc import Mapping

from app.lab.ownership.binomial import SIGNIFICANCE
from app.lab.stories.events import Claimed, Defence, Theft
from app.ui.findings import established_from


def price(thefts: Mapping[Defence, Theft]) -> str:
    """Say what entanglement cost the owner, in percentage points of test accuracy."""
    cost = 100 * (thefts["clean"].victim_accuracy - thefts["entangled"].victim_accuracy)
    if cost <= 0:
        return "On this seed the entangled mark cost no accuracy."
    return f"The price: {cost:.1f} percentage points of the owner's accuracy."


def evidence(claims: Mapping[Defence, Claimed]) -> str:
    """Return from which trigger on each claim stays established."""
    words = []
    for defence, claimed in claims.items():
        since = established_from(claimed)
        words.append(
            f"{defence} p < {SIGNIFICANCE:g} from trigger {since} on" if since else f"{defence} not established"
        )
    return "; ".join(words).capitalize()
