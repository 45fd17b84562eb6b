"""Where and when experiments run: a pool of worker processes and a store of records; imports no Streamlit."""
