"""Evidence: many runs over seeds that nothing was chosen on, as tables that support what the app states.

Rule: a module lists the experiments of its table and reads their results; :mod:`app.runs` runs them.
"""
