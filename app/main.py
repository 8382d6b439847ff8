"""streamlit run app/main.py: each run is a reader's page; the server is the app behind its door."""

from __future__ import annotations

import sys
from pathlib import Path

# Streamlit puts the folder of this file on the path, not the project's
if (_ROOT := str(Path(__file__).resolve().parent.parent)) not in sys.path:
    sys.path.insert(0, _ROOT)

if __name__ == "__main__":
    from app.run import run

    run()
else:
    from streamlit.starlette import App

    from app.serve import behind_its_door

    # Streamlit finds the app by the form of this line
    app = App(__file__, **behind_its_door())
