"""With ``--json``, stdout is JSON and nothing else, whatever a library prints; and no option can be abbreviated."""

import argparse
import json
import subprocess
import sys

import pytest

from app import paths
from app.cli import main as room
from app.cli import output

(COMMANDS,) = (action.choices for action in room._parser()._actions if isinstance(action, argparse._SubParsersAction))
WITH_JSON = [name for name, parser in COMMANDS.items() if "--json" in parser._option_string_actions]
CHEAP = {
    "hardness": (["--numbers", "3,5,8", "--target", "11"], ["--random", "12"], ["--growth"], ["--growth", "3-SAT"]),
    "poison": (["--clean", "20", "--budget", "4"],),
}


def required(parser):
    """What a command cannot be without."""
    needed = []
    for action in parser._actions:
        if action.required:
            needed += [action.option_strings[0], "x"] if action.option_strings else ["x"]
    return needed


def test_what_runs_has_json():
    assert set(WITH_JSON) >= {"run", "steal", "remove", "rehearse", "sweep", "triggers", "claim", "backdoor", *CHEAP}


@pytest.mark.parametrize("name", WITH_JSON)
def test_what_anything_else_prints_goes_to_stderr(name, capsys, monkeypatch):
    def noisy(chosen):
        print("a library is talkative")
        output.as_json({"command": chosen.command, "rate": float("nan"), "all": [float("inf"), 1.5]})
        return 0

    monkeypatch.setattr(room, "_run", noisy)
    assert room.main([name, *required(COMMANDS[name]), "--json"]) == 0
    told = capsys.readouterr()
    assert told.err == "a library is talkative\n"
    assert told.out.count("\n") == 1
    assert json.loads(told.out) == {"command": name, "rate": None, "all": [None, 1.5]}


@pytest.mark.parametrize(("name", "given"), [(name, given) for name, all in CHEAP.items() for given in all])
def test_a_command_prints_one_document(name, given, capsys):
    assert room.main([name, *given, "--json"]) == 0
    told = capsys.readouterr()
    assert told.err == "" and told.out.count("\n") == 1 and json.loads(told.out)


def test_also_what_compiled_code_prints_in_a_process_of_its_own():
    code = (
        "import os, sys\n"
        "from app.cli import main, remarks\n"
        "poisoning = remarks.regression.poisoning\n"
        "def noisy(*given):\n"
        "    print('python'); os.write(1, b'compiled\\n'); os.system('echo another process')\n"
        "    return poisoning(*given)\n"
        "remarks.regression.poisoning = noisy\n"
        "status = main.main(['poison', '--json'])\n"
        "print('after')\n"
        "sys.exit(status)\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code], cwd=paths.HOME, capture_output=True, text=True, timeout=60, check=True
    )
    assert sorted(ended.stderr.splitlines()) == ["another process", "compiled", "python"]
    result, after = ended.stdout.splitlines()
    assert set(json.loads(result)) >= {"clean", "poison", "fits"} and after == "after"


def test_a_mistake_leaves_stdout_empty(capsys):
    assert room.main(["poison", "--json", "--clean", "-1"]) == 2
    told = capsys.readouterr()
    assert told.out == "" and told.err.count("\n") == 1


@pytest.mark.parametrize("name", COMMANDS)
def test_no_option_can_be_abbreviated(name, capsys):
    parser = COMMANDS[name]
    assert not parser.allow_abbrev
    option, action = max(parser._option_string_actions.items(), key=lambda pair: len(pair[0]))
    with pytest.raises(SystemExit) as leaving:
        room.main([name, *required(parser), option[:-1], *([] if action.nargs == 0 else ["1"])])
    assert leaving.value.code == 2 and option[:-1] in capsys.readouterr().err
