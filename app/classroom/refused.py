"""What a room does not do, said in one sentence."""


class Refused(ValueError):
    """It is not done, for a reason that the one who asked is told: one sentence, without what others may not know."""
