"""CSV export of the selected rows of a list."""

import csv
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest, StreamingHttpResponse

# A cell that begins with one of these is a formula to a spreadsheet.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


class _Echo:
    """Hands back what the csv module writes, so that rows can be streamed."""

    def write(self, text: str) -> str:
        return text


class ExportMixin:
    """The action “Export as CSV” with the columns of `export_fields` (`__` follows relations)."""

    export_fields: ClassVar[Sequence[str]]

    @admin.action(description="Export as CSV", permissions=["view"])
    def export_csv(self, request: HttpRequest, queryset: Any) -> StreamingHttpResponse:
        name = queryset.model._meta.model_name
        # Read now: after the request nothing of its organization is visible any more.
        rows = list(queryset.values_list(*self.export_fields))
        response = StreamingHttpResponse(
            self._csv_lines(rows), content_type="text/csv; charset=utf-8"
        )
        response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
        return response

    def _csv_lines(self, rows: list[tuple[Any, ...]]) -> Iterator[str]:
        writer = csv.writer(_Echo())
        yield str(writer.writerow(self.export_fields))
        for row in rows:
            yield str(writer.writerow([cell(value) for value in row]))


def cell(value: Any) -> str:
    """A value as text that no spreadsheet takes for a formula."""
    if value is None:
        return ""
    if isinstance(value, list):
        return ", ".join(str(v) for v in value)
    if hasattr(value, "isoformat"):
        return str(value.isoformat())
    text = str(value)
    is_number = isinstance(value, int | float)
    return f"'{text}" if not is_number and text.startswith(_FORMULA_STARTS) else text
