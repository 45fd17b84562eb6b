"""The science: imports no Streamlit, no worker, no store; prints nothing and formats nothing for a screen."""
