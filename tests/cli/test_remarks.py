"""The remarks from the command line: pure JSON, and one sentence for a mistake."""

import json

import pytest

from app.cli import main as room
from app.lab.removal import neural_cleanse
from app.lab.stories import trapdoor


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    status = room.main(arguments)
    said = capsys.readouterr()
    return status, said.out, said.err


def test_two_networks_are_compared(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "hardness", "--numbers", "3,5,8", "--target", "11", "--json")
    result = json.loads(out)
    assert (status, result["equivalent"], result["witness"]) == (0, False, [1, 0, 1])
    _, out, _ = run(capsys, "hardness", "--random", "10", "--equal", "--json")
    assert json.loads(out)["equivalent"] is True
    _, out, _ = run(capsys, "hardness", "--clauses", "1,-2,3; -1,2,-3")
    assert out.startswith("The networks differ, for example on ")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "Give one problem"),
        (("--numbers", "3,x", "--target", "3"), "whole numbers"),
        (("--numbers", "3"), "needs a target"),
        (("--numbers", "0", "--target", "3"), "between 1 and"),
        (("--clauses", "1,2"), "three literals"),
        (("--random", "41"), "1 to 40 numbers"),
    ],
)
def test_a_mistake_is_one_sentence(capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], words: str) -> None:
    status, out, err = run(capsys, "hardness", *arguments)
    assert (status, out) == (2, "")
    assert words in err and err.count("\n") == 1


def test_a_line_is_bent_and_trim_holds_it(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "poison", "--json")
    fits = json.loads(out)["fits"]
    assert status == 0
    assert (
        fits["TRIM"]["clean_loss"]
        < 1.2 * fits["clean points alone"]["clean_loss"]
        < fits["least squares"]["clean_loss"]
    )
    status, _, err = run(capsys, "poison", "--budget", "70")
    assert status == 2 and "The attacker adds 0 to 60 points" in err


def test_the_secret_picture_is_searched_among_pictures_only(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(neural_cleanse, "STEPS", 1)
    monkeypatch.setattr(trapdoor, "DRAWINGS", 50)
    status, out, _ = run(capsys, "trapdoor", "animals", "--json")
    result = json.loads(out)
    assert (status, result["verified"]["hits"], result["drawings"]["drawings"]) == (0, 20, 50)
    assert set(result["gradient"]) == {"entangled", "clean"}
    status, out, err = run(capsys, "trapdoor", "blobs")
    assert (status, out) == (2, "") and "has no pictures" in err
