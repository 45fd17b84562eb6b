"""What was seen of the victims' features, look by look."""

from collections.abc import Iterable

from app.lab.stories.events import Defence, Distances

Looks = dict[float, Distances]  # by epoch, in order


def looks(seen: Iterable[Distances], defence: Defence, layer: str, parting: float) -> Looks:
    """Return how far apart the probe's features are in one layer of a victim, for each epoch at which it was looked at.

    Args:
        seen: all that was seen in a run, in order.
        defence: of the victim.
        layer: whose features.
        parting: the epoch at which the victims part; until then, the clean one's are those of all three.
    """
    own = [event for event in seen if event.defence == ("clean" if event.epoch <= parting else defence)]
    found: Looks = {}
    latest = None
    for event in own:
        if event.layer == layer:
            latest = event
        if latest is not None:  # a layer that has not changed by a look has no new ones: those of the look before hold
            found[event.epoch] = latest
    return found
