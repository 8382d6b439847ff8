"""What the numbers are and mean: no Streamlit, no HTTP."""
