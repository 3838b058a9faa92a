"""A run chart inside a ReportDoc: its figure as plain JSON, and back."""

from dataclasses import asdict
from datetime import date
from typing import Any

from measures.charts import Centre, Dot, Figure

NUMBERS = (int, float)


def to_plain(figure: Figure) -> dict[str, Any]:
    """What of `figure` is kept: dots, centre lines, target, words. Notes and bands stay with the teams."""
    return {
        "key": figure.key,
        "title": figure.title,
        "unit": figure.unit,
        "says": figure.says,
        "median_word": figure.median_word,
        "target_word": figure.target_word,
        "target": figure.target,
        "signalling": sorted(figure.signalling),
        "dots": [asdict(dot) | {"on": dot.on.isoformat()} for dot in figure.dots],
        "centres": [asdict(centre) for centre in figure.centres],
    }


def from_plain(data: Any) -> Figure:
    """The figure that `to_plain` wrote. Raises ValueError, TypeError or KeyError for anything else."""
    dots = [Dot(**(dot | {"on": date.fromisoformat(dot["on"])})) for dot in data["dots"]]
    centres = [Centre(**centre) for centre in data["centres"]]
    numbers = [dot.value for dot in dots if dot.value is not None] + [centre.value for centre in centres]
    numbers += [data["target"]] if data["target"] is not None else []
    texts = [data[name] for name in ("key", "title", "unit", "says", "median_word", "target_word")]
    texts += [word for dot in dots for word in (dot.mark, dot.name, dot.year)]
    places = [place for centre in centres for place in (centre.first, centre.last)] + data["signalling"]
    if (
        not all(isinstance(number, NUMBERS) and not isinstance(number, bool) for number in numbers)
        or not all(isinstance(text, str) for text in texts)
        or not all(isinstance(place, int) and 0 <= place < len(dots) for place in places)
    ):
        raise ValueError("no figure of ours")
    return Figure(
        key=data["key"],
        title=data["title"],
        dots=dots,
        centres=centres,
        unit=data["unit"],
        target=data["target"],
        signalling=frozenset(data["signalling"]),
        says=data["says"],
        median_word=data["median_word"],
        target_word=data["target_word"],
    )
