"""Ctrl-C: one word on stderr and the exit status 130, at whatever moment it comes.

Two handlers, one after the other. While a command is imported, the process ends on the spot, since there is nothing to
tidy yet, and what is imported may take an exception for its own fault; once it runs, an exception unwinds it.
Where the interrupt is ignored, as a shell has it for jobs in the background, it stays ignored.
"""

import os
import signal

STATUS = 130
_WORD = b"Interrupted.\n"


class Interrupted(KeyboardInterrupt):
    """Ctrl-C while a command runs.

    Python turns the exit status of a process into that of a signal once a plain KeyboardInterrupt has left code that
    was executed from text, as that of a dataclass is; this one it leaves alone.
    """


def at_once() -> None:
    """From now on, let Ctrl-C end the process on the spot."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _end)


def orderly() -> None:
    """From now on, let the first Ctrl-C raise :class:`Interrupted` in the main thread, and the second end the process.

    It does nothing unless :func:`at_once` was called: a program that runs a command inside it has its own way.
    """
    if signal.getsignal(signal.SIGINT) is _end:
        signal.signal(signal.SIGINT, _unwind)


def over() -> None:
    """From now on, ignore Ctrl-C: the command has ended, and the process is about to."""
    if signal.getsignal(signal.SIGINT) in (_end, _unwind):
        signal.signal(signal.SIGINT, signal.SIG_IGN)


def said() -> int:
    """Say the word, and return the exit status."""
    os.write(2, _WORD)
    return STATUS


def _end(*_: object) -> None:
    os._exit(said())


def _unwind(*_: object) -> None:
    signal.signal(signal.SIGINT, _end_silently)
    raise Interrupted


def _end_silently(*_: object) -> None:
    os._exit(STATUS)
