"""What a teacher has beside each step: for every lesson of every plan, and true to what the pages ask."""

import pytest

from app.ui import address, path
from app.ui.classroom import invitation, plans


def test_every_lesson_of_every_plan_has_notes() -> None:
    for minutes in (*path.CLASSES, None):
        steps = plans.steps(minutes)
        planned = [stop.title for stop, _ in path.planned(minutes) if stop.name not in ("recap", "about")]
        assert [step.title for step in steps] == planned
        assert all(step.do and step.ask.endswith("?") and step.answer.endswith(".") for step in steps)


def test_a_class_votes_twice_where_its_plan_has_the_time() -> None:
    assert not plans.votes_twice(5, "heist") and not plans.votes_twice(15, "heist")
    assert plans.votes_twice(15, "entangle") and plans.votes_twice(90, "steal") and plans.votes_twice(None, "steal")
    for minutes, lessons in plans.TWICE.items():
        assert lessons <= set(path.CLASSES[minutes])


@pytest.mark.parametrize("page", ["", "/", "/classroom", "/heist", "/classroom/"])
def test_students_join_at_the_apps_own_address(page: str) -> None:
    seen = f"https://lab.example/entangled{page}"
    assert invitation.link(seen, "BCDFGH") == "https://lab.example/entangled/classroom?code=BCDFGH"


def test_the_servers_own_machine_invites_under_its_address_in_the_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(invitation, "own_address", lambda: "192.0.2.7")
    assert invitation.link("http://localhost:8501/classroom", "BCDFGH") == (
        "http://192.0.2.7:8501/classroom?code=BCDFGH"
    )
    assert invitation.link("http://127.0.0.1/", "BCDFGH") == "http://192.0.2.7/classroom?code=BCDFGH"
    monkeypatch.setattr(invitation, "own_address", lambda: None)
    assert address.is_local(invitation.link("http://localhost:8501/classroom", "BCDFGH"))


def test_the_code_is_a_picture_of_the_link() -> None:
    assert address.qr("http://192.0.2.7/classroom?code=BCDFGH").startswith("data:image/svg+xml")
