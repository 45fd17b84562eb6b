"""What a teacher has beside each step of a lesson plan: what to do, what to ask, what to answer. For the host alone."""

from dataclasses import dataclass

from app.reports.handout import Step
from app.ui import path

# In which lessons of a class of so many minutes there is time to argue and to vote again.
TWICE = {
    5: frozenset[str](),
    15: frozenset({"entangle"}),
    45: frozenset({"heist", "mark", "temperature", "entangle", "channel", "court"}),
}


@dataclass(frozen=True)
class Notes:
    """Beside one step.

    Attributes:
        do: what to do, in the order of doing it.
        ask: a question for the discussion.
        answer: what to answer.
    """

    do: tuple[str, ...]
    ask: str
    answer: str


NOTES = {
    "heist": Notes(
        (
            "Play the film up to *Compare*: it stops before the trial. Say only that two of the three models keep a "
            "secret.",
            "Ask, before anybody has seen a trial.",
            "Reveal, and let the film play on. Then touch *A thief with data of their own*.",
        ),
        "The naive model knew its secret perfectly. Why does its copy not know it?",
        "The thief never saw a trigger. They learn only from answers to ordinary questions, and those the naive model "
        "answers almost always truthfully: next to nothing of the mark was in what they bought.",
    ),
    "steal": Notes(
        (
            "Say what an API is: one asks, it answers, one pays for each answer.",
            "Ask for the price of a good copy. Then reveal: the curve is the thief's whole spending.",
            "Change *The API answers with*: who pays for hiding detail, the thief or the honest user?",
        ),
        "Why not simply answer with less detail?",
        "It makes the theft dearer at best, and honest users pay in every answer: look at the second picture. A "
        "thief who needs only top labels does not notice.",
    ),
    "mark": Notes(
        (
            "Show one trigger and its secret answer: a secret handshake.",
            "Ask whether the copy will know it; let them argue, vote again, reveal.",
            "Touch *innocents*: what do models say that never met the victim?",
        ),
        "Why must the owner ask innocent models first?",
        "If innocents give the secret answer anyway, it proves nothing. The owner chooses a pair that innocents do "
        "not take for it, and grants a suspect what the worst of them does by chance.",
    ),
    "temperature": Notes(
        (
            "Let the class read the picture: diamonds are triggers, discs are real inputs. Drag T from cold to 3.",
            "Ask about the hot end. Vote, argue with neighbours, vote again; then drag on.",
        ),
        "What does the SNNL see when it is hot?",
        "Only averages: the two groups' centres. A ring around a blob has the same centre, so it looks mixed "
        "although no point of one is near a point of the other.",
    ),
    "entangle": Notes(
        (
            "Three maps of the same layer: clean, naive, entangled. Grey are test inputs, diamonds the triggers.",
            "Ask in which model the triggers lie nearer to the target class. This is the vote to argue about: give "
            "it two minutes, then vote again.",
            "Reveal, then scrub through the epochs.",
        ),
        "Why does it help an owner if triggers and real inputs share features?",
        "A thief who copies how the model sees real inputs then copies, with the same features, how it sees "
        "triggers. A mark that sits apart is left behind.",
    ),
    "channel": Notes(
        (
            "One sentence: a thief learns only from answers; what they say beyond the truth is the channel.",
            "Ask, reveal, then move *The thief asks* from the owner's own inputs to noise.",
        ),
        "Which thief takes nothing of the mark along?",
        "The most careful one: who asks only what the victim answers truthfully. The further a thief strays from "
        "the task, the more of the mark they buy, even of a naive one.",
    ),
    "court": Notes(
        (
            "The court asks one trigger after the other and stops when it is sure.",
            "Ask how many it needs. Reveal; play the hearing.",
            "Point at the clean copy: it was asked the same, and is the control.",
        ),
        "Could an innocent be convicted?",
        "Yes, up to one in a hundred at 99 % confidence, if it gives the secret answer no more often than was "
        "granted. That is why the rate of the worst innocent is granted, and why many suspects need a correction.",
    ),
    "remove": Notes(
        (
            "The thief knows that there is a mark, not which. They may wash the copy in many ways.",
            "Ask how many work. Reveal, and open one attack by a touch.",
        ),
        "When has the thief won?",
        "Only if the mark is gone and the copy is still worth having. Many attacks do one of the two; compare with "
        "a model that they train themselves from what they have.",
    ),
    "tradeoff": Notes(
        (
            "Every honest user pays for the mark: in accuracy.",
            "Ask for the price, then reveal. Each point is one setting, over several seeds.",
        ),
        "Would you pay it?",
        "There is no right answer. Compare the price with what a theft costs the owner, and with the spread over "
        "seeds: one lucky run proves nothing.",
    ),
    "trapdoor": Notes(
        (
            "One model is marked, the other innocent. Nobody tells which picture is the key.",
            "Ask, then play the game *Find the trigger* from the page of the room, three minutes.",
            "Reveal: the key, and beside it what random drawings found.",
        ),
        "Is finding a trigger hard, as with a trapdoor in cryptography?",
        "Not here, and nobody has proved it for such networks. One finds a trigger, not the owner's, and needs an "
        "innocent model to see it by.",
    ),
    "hardness": Notes(
        (
            "Two networks agree on all tests. Are they the same?",
            "Have 10,000 settings tried, ask, then reveal: the owner's combination.",
        ),
        "Why does the owner ask about a mark, instead of comparing the two networks?",
        "To compare them on every input is hopeless: the number of inputs doubles with every bit. A mark turns it "
        "into a few questions whose answers are known beforehand.",
    ),
    "cousins": Notes(
        (
            "The same trick in other hands: whoever poisons data plants a backdoor.",
            "Ask, reveal, then move the share of poisoned pictures.",
        ),
        "What is the difference between a watermark and a backdoor?",
        "Technically almost none: a secret input, a surprising answer. The difference is who planted it, and who "
        "knows of it.",
    ),
}


def votes_twice(minutes: int | None, lesson: str) -> bool:
    """Return whether a class votes twice in this lesson: in one of 90 minutes, or without a plan, in every one."""
    return minutes not in TWICE or lesson in TWICE[minutes]


def steps(minutes: int | None) -> list[Step]:
    """Return the steps of a plan, with the notes beside each."""
    return [
        Step(stop.title, stop.question, length, notes.do, notes.ask, notes.answer)
        for stop, length in path.planned(minutes)
        if (notes := NOTES.get(stop.name)) is not None
    ]
