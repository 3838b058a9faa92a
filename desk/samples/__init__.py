"""Sample content: the pilot series at its true dates, and a living series around the day of loading.

Rows are written in bulk and without events: nobody did these things, so nobody is told of them, no mail
is owed and no job is left behind. Everything invented is marked `is_sample`.
"""

import json
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"


def read(name: str) -> Any:
    """What the data file `name`.json holds."""
    return json.loads((DATA / f"{name}.json").read_text(encoding="utf-8"))
