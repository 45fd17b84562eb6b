"""Where and when experiments run: a pool of worker processes and a store of results; imports no streamlit."""
