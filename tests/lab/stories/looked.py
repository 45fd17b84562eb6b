"""A recorded heist as if somebody had looked into its finished victims, without training them again."""

from app.lab.experiment import Experiment
from app.lab.stories.events import Distances, Event, Probe, Weights
from app.lab.stories.finished_run import rebuilt
from app.lab.task import datasets, representation


def with_looks(experiment: Experiment, events: list[Event]) -> list[Event]:
    """Return the events with the distances of each victim's features at the end, and of the clean one's before."""
    probe = [event for event in events if isinstance(event, Probe)][-1]
    inputs = datasets.from_display(probe.inputs)
    start, end = float(experiment.task_epochs), float(experiment.task_epochs + experiment.watermark_epochs)
    looks: list[Event] = []
    for trained in (event for event in events if isinstance(event, Weights) and event.role == "victim"):
        for layer, found in representation.features(rebuilt(experiment, trained), inputs).items():
            packed = representation.similarities(representation.products(found.numpy()))
            for epoch in (0.0, start, end) if trained.defence == "clean" else (end,):
                looks.append(Distances("victim", trained.defence, epoch, layer, *packed))
    return [*(event for event in events[:-1] if not isinstance(event, Distances)), *looks, events[-1]]
