"""The terms of the field, each in one line with its source: said, on hover and touch, where a lesson first uses one."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Term:
    """What a term means, in Markdown, and where to read more: the name and the address of a source, if there is one."""

    says: str
    source: str = ""
    link: str = ""

    @property
    def line(self) -> str:
        """The term's one line."""
        return f"{self.says} [{self.source}]({self.link})." if self.link else self.says


TERMS = {
    "EWE": Term(
        "Entangled watermark embedding: the mark is trained into the same features as the task, by maximising the "
        "SNNL between triggers and real inputs.",
        "Jia et al. 2021",
        "https://arxiv.org/abs/2002.12200",
    ),
    "SNNL": Term(
        "Soft nearest neighbor loss: minus the log chance that a neighbour of a point, picked at random and near ones "
        "more likely, is of the point's own group. Near 0, the groups sit apart.",
        "Frosst, Papernot, Hinton 2019",
        "https://arxiv.org/abs/1902.01889",
    ),
    "temperature": Term(
        "T says how far *near* reaches in the SNNL: a neighbour at distance d (squared, or cosine) weighs e to the "
        "−d/T.",
        "Frosst, Papernot, Hinton 2019",
        "https://arxiv.org/abs/1902.01889",
    ),
    "kappa": Term(
        "κ: how strongly EWE maximises the SNNL, beside learning the labels. At 0, nothing entangles.",
        "Jia et al. 2021",
        "https://arxiv.org/abs/2002.12200",
    ),
    "trigger": Term(
        "A secret input, to which the owner taught the model a surprising label: the *secret answer*.",
        "Adi et al. 2018",
        "https://arxiv.org/abs/1802.04633",
    ),
    "channel": Term(
        "What the answers say beyond the truth: a thief trains on nothing else, so only by it can a mark reach a copy. "
        "Measured as the weight on the target class where that is not the truth."
    ),
    "fidelity": Term(
        "How often a copy answers as its victim does, mistakes included. *Accuracy*: how often it is right.",
        "Jagielski et al. 2020",
        "https://arxiv.org/abs/1909.01838",
    ),
    "granted": Term(
        "How often an innocent model may give the secret answer: the exact 99\u202f% upper bound for the worst of a "
        "panel of innocents. Only what goes beyond it speaks against a suspect."
    ),
    "p": Term(
        "How likely an innocent model does as well by chance, by the exact binomial test. Below 0.01, the claim is "
        "established."
    ),
    "Wald": Term(
        "Wald's sequential test: after each answer, how much likelier is it from a copy than from an innocent? It "
        "stops as soon as that is enough, one way or the other.",
        "Wald 1945",
        "https://doi.org/10.1214/aoms/1177731118",
    ),
    "seed": Term(
        "The number from which all that is left to chance in a run follows. The same seed gives the same run; another "
        "one is another equally fair draw. So a finding counts over several seeds."
    ),
    "JBDA": Term(
        "Jacobian-based data augmentation: ask a few inputs of the task, then nudge them along the gradient of the "
        "copy so far, and ask again.",
        "Papernot et al. 2017",
        "https://arxiv.org/abs/1602.02697",
    ),
    "Knockoff": Term(
        "Knockoff Nets: ask other data than the task's, and fit the copy to the confidences.",
        "Orekondy et al. 2019",
        "https://arxiv.org/abs/1812.02766",
    ),
    "Copycat": Term(
        "Copycat CNN: ask other data than the task's, and fit the copy to the top labels alone.",
        "Correia-Silva et al. 2018",
        "https://arxiv.org/abs/1806.05476",
    ),
}


def explained(*names: str) -> str:
    """Return the lines of some terms, for the ``help`` of what first uses them.

    Raises:
        KeyError: for a term that is not in the table.
    """
    return "\n\n".join(f"**{name}**: {TERMS[name].line}" for name in names)
