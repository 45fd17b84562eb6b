"""Booth."""

import streamlit as st

st.title("Booth")
st.write(st.context.url)
