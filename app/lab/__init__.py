"""The science: every concept of the paper has one room here; nothing imports streamlit."""
