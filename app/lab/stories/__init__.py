"""Runs as streams of events: the heist, the theft, the trial, the washing.

Rule: the only rooms that compose the others. A story takes an experiment, yields complete events and ends with
:class:`~app.lab.stories.events.Finished`; nobody repairs an event later. :mod:`~app.lab.stories.tasks` names what a
worker can be told to do.
"""
