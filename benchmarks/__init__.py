"""Speed, measured. Each benchmark is a module here with one function, ``measure``; see :mod:`benchmarks.contract`."""
