"""python -m data.metrics: the table of docs/metrics.md."""

from __future__ import annotations

from data.metrics.document import document

if __name__ == "__main__":
    print(document(), end="")
