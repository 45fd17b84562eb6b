"""Words about a room. Pure: a poll or a game in, sentences out."""

from app.classroom.polls import Poll, Tally
from app.ui.findings import percent


def headline(poll: Poll, there: int) -> str:
    """Return what a chart of votes says, for the host.

    Args:
        poll: with its tally.
        there: how many are in the room.
    """
    tally = poll.tally
    if tally is None or not any(tally.first):
        return f"0 of {there} have voted"
    if poll.phase in ("first", "second"):
        return f"{sum(tally.first if poll.phase == 'first' else tally.second)} of {there} have voted"
    return said(poll)


def said(poll: Poll) -> str:
    """Return what the room said: how many were right or, where that is not known yet, what most said."""
    tally = poll.tally
    if tally is None or not any(tally.first):
        return "Nobody voted"
    last = tally.second if any(tally.second) else tally.first
    if poll.phase == "revealed" and poll.answer in poll.options:
        place = poll.options.index(poll.answer)
        if any(tally.second):
            return f"Right: {_share(tally.first, place)} at first, {_share(tally.second, place)} after the discussion"
        return f"{_share(tally.first, place)} were right"
    most = max(last)
    leaders = [option for option, count in zip(poll.options, last, strict=True) if count == most]
    if len(leaders) > 1:
        return f"No majority: {most} each for {' and '.join(f'“{one}”' for one in leaders[:2])}"
    return f"{most} of {sum(last)} say “{leaders[0]}”"


def moved(poll: Poll) -> str:
    """Return what the discussion did: how many changed their mind, and whereto."""
    tally = poll.tally
    twice = 0 if tally is None else sum(map(sum, tally.moved))
    if tally is None or not twice:
        return "Nobody voted twice"
    changed = twice - sum(tally.moved[one][one] for one in range(len(poll.options)))
    if not changed:
        return f"All {twice} stayed with what they had said"
    if poll.answer in poll.options:
        place = poll.options.index(poll.answer)
        towards = sum(row[place] for row in tally.moved) - tally.moved[place][place]
        return f"{changed} of {twice} changed their mind, {towards} of them to what happened"
    return f"{changed} of {twice} changed their mind"


def advice(tally: Tally) -> str:
    """Return what a teacher may do with the first vote, by the rule of peer instruction on its largest share."""
    total = sum(tally.first)
    if not total:
        return ""
    share = max(tally.first) / total
    if share > 0.8:
        return f"{percent(share)} agree: a discussion may add little."
    return f"The largest group has {percent(share)}: let them convince their neighbours."


def _share(counts: tuple[int, ...], place: int) -> str:
    return f"{counts[place]} of {sum(counts)}"
