"""The science. Rule: it imports no Streamlit, worker or store, prints nothing, and formats nothing for a screen."""
