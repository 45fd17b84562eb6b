"""Many runs, one table: what the app states, over seeds that nothing was chosen on.

Rule: what is run, and what came of it; where and when it is run is decided in :mod:`app.runs`.
"""
