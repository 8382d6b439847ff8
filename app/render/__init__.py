"""How content is drawn: blocks to Streamlit, blocks to Typst."""
