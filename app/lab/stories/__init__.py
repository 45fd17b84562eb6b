"""Runs as generators of events: the heist, the theft, the trial, the washing.

Rule: only stories combine the other packages of the lab. A story takes an experiment, yields complete events and ends
with :class:`~app.lab.stories.events.Finished`. :mod:`~app.lab.stories.tasks` lists the stories that a worker can run.
"""
