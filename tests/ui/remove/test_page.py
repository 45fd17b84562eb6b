"""The page on removal: every attack is on record and waits for its prediction."""

import pytest

from app.lab.experiment import PRESETS
from app.lab.removal.attacks import REMOVAL_ATTACKS
from app.lab.stories import washing
from app.ui import runtime
from app.ui.history import History
from tests.ui.visits import opened, told


@pytest.mark.parametrize("preset", list(PRESETS))
def test_every_removal_attack_on_a_preset_is_on_record_at_every_strength_and_on_every_copy(preset: str) -> None:
    job = runtime.pool().recorded(PRESETS[preset], "remove")
    assert job is not None and (job.status, job.origin) == ("done", "pretrained")
    known = History.of(job.events)
    assert known.finished is not None and known.from_scratch is not None
    for name in washing.suitable(PRESETS[preset]):
        curves = known.washing(name)
        assert curves.keys() == {"clean", "naive", "entangled"}
        for curve in curves.values():
            assert tuple(attempt.strength for attempt in curve) == REMOVAL_ATTACKS[name].strengths


def test_a_recorded_removal_waits_for_its_prediction_attack_by_attack() -> None:
    app = opened("remove", preset="digits")
    for name in ("fine_tuning", "isolation_forest", "neural_cleanse"):  # one of each kind of words and pictures
        app.selectbox(key="washing").set_value(name).run()
        assert "Why" not in told(app)
        app.button(key="remove_reveal").click().run()
        assert not app.exception
        assert "Why" in told(app)
        assert "Recorded when the app was built" in told(app)
