"""What a worker prepares before anybody asks."""

from app.lab.experiment import DEFAULT_PRESET, PRESETS, preset
from app.lab.ownership import innocents
from app.lab.stories import tasks


def test_in_spare_time_the_panels_of_all_presets_are_fitted_that_of_the_first_lesson_first(monkeypatch):
    monkeypatch.setattr(innocents, "fit_panel", lambda dataset: iter([f"{dataset.name} 1", f"{dataset.name} 2"]))
    pieces = list(tasks.in_spare_time())
    assert pieces[0] == f"{preset(DEFAULT_PRESET).dataset} 1"
    assert pieces == [f"{experiment.dataset} {piece}" for experiment in PRESETS.values() for piece in (1, 2)]
