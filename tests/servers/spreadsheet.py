"""LibreOffice, as a person who opens a workbook and saves it again."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from tests.servers.child import program


def resaved(workbook: bytes, folder: Path) -> bytes:
    """The workbook after LibreOffice opened it, worked its formulas out and saved it."""
    source, saved = folder / "given.xlsx", folder / "saved"
    source.write_bytes(workbook)
    profile = f"-env:UserInstallation=file://{folder / 'profile'}"
    command = [program("soffice", "libreoffice-calc-nogui"), profile, "--headless", "--convert-to", "xlsx"]
    done = subprocess.run(
        [*command, "--outdir", str(saved), str(source)],
        env={"PATH": os.environ["PATH"], "HOME": str(folder), "LANG": "C.UTF-8"},
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    made = saved / "given.xlsx"
    assert made.is_file(), done.stdout + done.stderr
    return made.read_bytes()
