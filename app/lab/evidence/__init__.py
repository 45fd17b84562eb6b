"""Evidence: many runs over seeds not used to choose anything, as tables that support what the app states.

Rule: a module lists the experiments of its table and reads their results; :mod:`app.runs` runs them.
"""
