"""Lists and histories in files: read, checked, screened, written, counted. The columns are in docs/lists.md."""

from cadencia.lists.queries import Defaults
from cadencia.lists.schema import ListError
from cadencia.lists.screen import ScreenReport, Settings, screen_file
from cadencia.lists.table import screen_table

__all__ = ["Defaults", "ListError", "ScreenReport", "Settings", "screen_file", "screen_table"]
