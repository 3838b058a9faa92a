"""Parts of addresses that mean more than text."""

from datetime import date

from django.urls import register_converter


class DayConverter:
    """A calendar day in an address: 2026-10-09."""

    regex = r"\d{4}-\d{2}-\d{2}"

    def to_python(self, value: str) -> date:
        return date.fromisoformat(value)

    def to_url(self, value: date | str) -> str:
        return str(value)


register_converter(DayConverter, "day")
