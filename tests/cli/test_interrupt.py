"""Ctrl-C: one word and the status 130, at moments that are chosen, not waited for."""

import os
import signal
import subprocess
import sys

import pytest

from app import paths


def started(*arguments, ignored=False):
    """A process with the signal as a terminal has it: a job in the background of a shell would ignore it."""
    handler = signal.SIG_IGN if ignored else signal.SIG_DFL
    return subprocess.Popen(
        [sys.executable, *arguments],
        cwd=paths.HOME,
        env={**os.environ, "PYTHONPATH": str(paths.IMPORTED_FROM)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, handler),
    )


def while_importing(name, *arguments, **how):
    """A command that interrupts itself as it is about to import a module."""
    code = (
        "import os, runpy, signal, sys\n"
        "class Interrupting:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        f"        if name == {name!r}:\n"
        "            os.kill(os.getpid(), signal.SIGINT)\n"
        "sys.meta_path.insert(0, Interrupting())\n"
        f"sys.argv = ['python -m app', *{list(arguments)!r}]\n"
        "runpy.run_module('app', run_name='__main__')\n"
    )
    process = started("-c", code, **how)
    out, err = process.communicate(timeout=120)
    return process.returncode, out, err


@pytest.mark.parametrize(
    ("name", "command"),
    [
        ("app.cli.main", ["poison"]),
        ("numpy", ["poison", "--json"]),
        ("app.cli.remarks", ["hardness", "--growth"]),
        ("torch.functional", ["run", "blobs"]),  # in the middle of torch
        ("streamlit.web", ["app"]),
    ],
)
def test_while_it_imports(name, command):
    assert while_importing(name, *command) == (130, "", "Interrupted.\n")


def test_what_a_shell_put_into_the_background_is_not_interrupted():
    status, out, err = while_importing("app.cli.remarks", "poison", "--json", ignored=True)
    assert (status, err) == (0, "") and out.startswith("{")


def test_while_a_run_trains_also_with_its_processes(tmp_path):
    process = started("-m", "app", "run", "blobs", "--json")
    assert process.stderr.readline().startswith("    0%")
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does
    out, err = process.communicate(timeout=120)
    assert (process.returncode, out) == (130, "")
    assert err.splitlines()[-1] == "Interrupted." and "Traceback" not in err


def test_in_code_that_was_executed_from_text_and_a_second_time_while_it_unwinds():
    code = (
        "import os, signal, sys\n"
        "from app.cli import interrupt\n"
        "interrupt.at_once(); interrupt.orderly()\n"
        "try:\n"
        "    exec('os.kill(os.getpid(), signal.SIGINT)')\n"
        "except KeyboardInterrupt:\n"
        "    status = interrupt.said()\n"
        "    if sys.argv[1:]: os.kill(os.getpid(), signal.SIGINT); print('never')\n"
        "    sys.exit(status)\n"
    )
    for again in ([], ["again"]):
        process = started("-c", code, *again)
        assert (*process.communicate(timeout=60), process.returncode) == ("", "Interrupted.\n", 130)
