"""What a thief does afterwards: attacks that shall wash the mark out of his copy, and what each of them costs him.

``loot`` is what he has to work with; ``surgery``, ``retraining``, ``filtering`` and
``neural_cleanse`` are the attacks, all of one signature; ``attacks`` is the one table of them;
``trial`` tries them on the copies of a heist and keeps the account.
"""
