"""What a visitor sees and touches, in Streamlit. Nothing of the science is computed here."""
